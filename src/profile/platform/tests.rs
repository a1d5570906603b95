use super::*;

const IDS: [&str; 17] = [
    "1688",
    "aliexpress",
    "amazon",
    "douyin",
    "ebay",
    "generic",
    "jd",
    "kuaishou",
    "lazada",
    "pinduoduo",
    "shopee",
    "shopify",
    "taobao",
    "tiktok-shop",
    "tmall",
    "wechat-shop",
    "xiaohongshu",
];

#[test]
fn every_platform_of_the_contract_loads_and_its_references_hold() {
    let profile = Profile::built_in();
    assert_eq!(ids(&profile), IDS);
    for platform in all(&profile).unwrap() {
        for violation in &platform.violations {
            for scenario in [&violation.scenario, &violation.scenario_virtual] {
                assert!(platform.scenarios.iter().any(|s| s.id == *scenario), "{}: {scenario}", platform.id);
            }
        }
        for deadline in &platform.deadlines {
            assert!(deadline.violation.ids().all(|v| platform.violation(v).is_some()), "{}", platform.id);
        }
        // what an excess is called is said to all readers or to none
        assert!(platform.thresholds.iter().all(|t| t.zh.is_some() == t.en.is_some()), "{}", platform.id);
        let bases = platform.deadlines.iter().map(|d| &d.basis).chain(platform.thresholds.iter().map(|t| &t.basis));
        for basis in bases {
            assert!(!basis.source.is_empty());
            assert_eq!(basis.trust == "unverified", basis.unverified && basis.trust != "third-party", "{}: {basis:?}", platform.id);
        }
    }
}

#[test]
fn published_periods_and_steps() {
    let profile = Profile::built_in();
    let load = |id| Platform::load(&profile, id).unwrap();
    let tmall = load("tmall");
    let deadline = tmall.deadline(Some("fake-transaction")).unwrap();
    assert_eq!((deadline.days, deadline.basis.shown(Lang::ZhCn).as_str()), (3, "天猫规则 11000256, 2026-02-27"));
    assert_eq!(tmall.deadline(Some("late-shipment")), None, "the rule states no days for late shipment");
    assert_eq!(load("taobao").deadline(Some("fake-transaction")), None);
    assert_eq!(load("douyin").deadline(Some("fake-transaction")).unwrap().days, 7);
    assert_eq!(load("shopee").deadline(Some("fake-transaction")), None, "unverified periods are not counted with");
    let step = |id, violation| load(id).threshold("penalty-step-orders", violation).map(|t| t.value);
    for (id, fake) in [("taobao", Some(96)), ("tmall", Some(96)), ("jd", None)] {
        assert_eq!((step(id, Some("fake-transaction")), step(id, Some("late-shipment")), step(id, None)), (fake, None, None), "{id}");
    }
    assert!(load("jd").threshold("pickup-late-hours", Some("late-shipment")).unwrap().basis.unverified);
    for violation in ["fake-shipment", "late-shipment", "abnormal-trace"] {
        assert_eq!(load("douyin").deadline(Some(violation)).unwrap().days, 7, "{violation}");
        assert_eq!(tmall.deadline(Some(violation)), None, "{violation}");
    }
    assert_eq!(tmall.scenario(Some("fake-transaction"), Goods::Virtual), Some("real-sale-virtual"));
}

#[test]
fn words_tell_the_platform_and_the_violation() {
    let profile = Profile::built_in();
    let load = |id| Platform::load(&profile, id).unwrap();
    assert_eq!(load("tmall").mentions("天猫精灵方糖 x1"), 0);
    assert_eq!(load("tmall").mentions("根据《天猫规则》，天猫商家……"), 2);
    assert_eq!(load("taobao").mentions("淘宝网依据淘宝规则"), 2);
    assert_eq!(load("ebay").mentions("somebay EBAY"), 1);
    assert_eq!(load("jd").mentions("JD123456"), 0);
    let douyin = load("douyin");
    assert_eq!(douyin.violation_in("因欺诈发货被处罚").map(|(v, w)| (v.id.as_str(), w)), Some(("fraud-shipment", "欺诈发货")));
    assert_eq!(load("amazon").violation_in("Fake Transactions were found").map(|(v, _)| v.id.as_str()), Some("fake-transaction"));
}

#[test]
fn a_mistyped_id_names_the_nearest() {
    let error = Platform::load(&Profile::built_in(), "toabao").unwrap_err();
    assert_eq!(error.message(Lang::ZhCn), "没有平台“toabao”");
    assert!(error.next_step(Lang::ZhCn).starts_with("是不是 taobao？"));
    assert!(error.next_step(Lang::En).starts_with("did you mean `taobao`?"));
}

#[test]
fn a_mistake_in_a_users_file_names_file_and_line() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("platforms")).unwrap();
    let write = |text: &str| std::fs::write(dir.path().join("platforms/tmall.toml"), text).unwrap();
    let profile = Profile::built_in().with_layer(dir.path());
    write("id = \"tmall\"\nzh = \"天猫\"\nen = \"Tmall\"\nlanguage = \"zh-CN\"\nwords = []\n[severities]\nchat-mising = \"error\"\n");
    let error = Platform::load(&profile, "tmall").unwrap_err();
    assert!(error.message(Lang::ZhCn).ends_with("tmall.toml 第 7 行有错：[severities] chat-mising = \"error\""), "{}", error.message(Lang::ZhCn));
    write("id = \"tmall\"\nzh = \"天猫\"\nen = \"Tmall\"\nlanguage = \"zh-CN\"\nwords = []\nwrods = []\n");
    let error = Platform::load(&profile, "tmall").unwrap_err();
    assert!(error.message(Lang::En).contains("tmall.toml, line 6: unknown field `wrods`"), "{}", error.message(Lang::En));
    let head = "id = \"tmall\"\nzh = \"天猫\"\nen = \"Tmall\"\nlanguage = \"zh-CN\"\nwords = []\n[[deadline]]\ndays = 3\nbasis = { source = \"s\", trust = \"judgement\" }\n";
    for (violation, told) in [
        ("[\"late-shipment\", \"late-shipping\"]", "line 9: violation = \"late-shipping\" is no [[violation]] of this platform"),
        ("3", "expected the id of a violation or a list of such ids"),
    ] {
        write(&format!("{head}violation = {violation}\n"));
        let error = Platform::load(&profile, "tmall").unwrap_err();
        assert!(error.message(Lang::En).contains("tmall.toml") && error.message(Lang::En).contains(told), "{}", error.message(Lang::En));
    }
}

#[test]
fn readers_of_english_read_every_source_in_their_language() {
    let han = |text: &str| text.chars().any(|c| ('\u{3000}'..='\u{9fff}').contains(&c) || ('\u{ff00}'..='\u{ffef}').contains(&c));
    let profile = Profile::built_in();
    let mut left = std::collections::BTreeSet::new();
    for platform in all(&profile).unwrap() {
        let told = platform.procedures.iter().chain(&platform.penalties).map(|t| &t.basis);
        let asked = platform.gather.iter().map(|g| &g.basis).chain(platform.evidence_groups.iter().map(|g| &g.basis));
        let bases = platform.deadlines.iter().map(|d| &d.basis).chain(platform.thresholds.iter().map(|t| &t.basis)).chain(told).chain(asked);
        let bases = bases.chain(platform.appeal_paths.iter().map(|p| &p.basis));
        left.extend(bases.map(|b| b.shown(Lang::En)).filter(|s| han(s)));
    }
    assert!(left.is_empty(), "{left:#?}");
    let basis = |source: &str| Basis { source: source.to_owned(), date: Some("2026-04-09".to_owned()), trust: "official".to_owned(), unverified: false };
    let both = basis("天猫 11000266 第九条；抖店 aHwHroCPheig");
    assert_eq!(both.shown(Lang::En), "Tmall rule 11000266 article 9; Douyin shop rule aHwHroCPheig, 2026-04-09");
    assert_eq!(both.shown(Lang::ZhCn), "天猫 11000266 第九条；抖店 aHwHroCPheig, 2026-04-09");
}

#[test]
fn what_helps_against_a_delay_is_asked_of_nobody_else_and_decides_nothing() {
    let douyin = Platform::load(&Profile::built_in(), "douyin").unwrap();
    let level = |violation, id: &str| {
        let asked = evidence_group::asked(&douyin.evidence_groups, Some(violation), Some("real-sale"), Goods::Physical);
        asked.into_iter().find(|g| g.id == id).map(|g| g.level)
    };
    for (violation, id) in [("late-shipment", "delay-certificate"), ("late-shipment", "delay-supplier"), ("fake-transaction", "readable-invoice")] {
        assert_eq!(level(violation, id), Some(evidence_group::Level::Helpful), "{id}");
        assert_eq!(level("fraud-shipment", id), None, "{id}");
    }
}
