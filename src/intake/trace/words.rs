//! What a scan means: by the words of templates/trace-words.toml, and by what came before it. Carriers share no vocabulary, so words are data. What
//! a service's codes mean stands with the service.

use crate::error::{Error, Result};
use crate::model::record::{EventKind, TraceEvent, TraceState};
use crate::profile::Profile;
use serde::Deserialize;

const FILE: &str = "trace-words.toml";

/// The vocabulary.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    courtesy: Vec<String>,
    neutral: Vec<String>,
    rule: Vec<Rule>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    kind: Meaning,
    all: Vec<Vec<String>>,
    #[serde(default)]
    not: Vec<String>,
    #[serde(default)]
    whole: bool,
    /// The service's own word that the parcel was signed for outweighs it.
    #[serde(default)]
    weak: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Meaning {
    Announced,
    Collected,
    InTransit,
    OutForDelivery,
    AtStation,
    Delivered,
    DeliveredToOther,
    LeftThere,
    PickedUp,
    Returning,
    ReturnSigned,
    Refused,
    Postponed,
    Exception,
    Other,
}

impl Meaning {
    pub(super) fn kind(self) -> EventKind {
        match self {
            Meaning::Announced => EventKind::Announced,
            Meaning::Collected => EventKind::Collected,
            Meaning::InTransit => EventKind::InTransit,
            Meaning::OutForDelivery => EventKind::OutForDelivery,
            Meaning::AtStation => EventKind::AtStation,
            Meaning::Delivered => EventKind::Delivered,
            Meaning::DeliveredToOther => EventKind::DeliveredToOther,
            Meaning::LeftThere => EventKind::LeftThere,
            Meaning::PickedUp => EventKind::PickedUpByRecipient,
            Meaning::Returning => EventKind::Returning,
            Meaning::ReturnSigned => EventKind::ReturnSigned,
            Meaning::Refused => EventKind::Refused,
            Meaning::Postponed => EventKind::Postponed,
            Meaning::Exception => EventKind::Exception,
            Meaning::Other => EventKind::Other,
        }
    }
}

/// What a kind of scan says of the parcel as a whole.
pub fn state_of(kind: EventKind) -> TraceState {
    match kind {
        EventKind::Announced => TraceState::NoInformation,
        EventKind::Collected => TraceState::Collected,
        EventKind::InTransit => TraceState::InTransit,
        EventKind::OutForDelivery => TraceState::OutForDelivery,
        EventKind::AtStation => TraceState::AtStation,
        EventKind::Delivered | EventKind::DeliveredToOther | EventKind::LeftThere | EventKind::PickedUpByRecipient => TraceState::Delivered,
        EventKind::Returning => TraceState::Returning,
        EventKind::ReturnSigned => TraceState::Returned,
        EventKind::Refused => TraceState::Refused,
        EventKind::Postponed | EventKind::Exception => TraceState::Exception,
        EventKind::Other => TraceState::Unknown,
    }
}

impl Words {
    /// Reads templates/trace-words.toml.
    ///
    /// # Errors
    /// When the file is missing or not of this form.
    pub fn load(profile: &Profile) -> Result<Words> {
        let (text, origin) = profile.text(FILE)?;
        let mut words: Words = toml::from_str(&text).map_err(|e| Error::new(format!("{origin} 写法有误：{e}"), format!("{origin} is wrong: {e}")))?;
        let rules = words.rule.iter_mut().flat_map(|r| r.all.iter_mut().flatten().chain(&mut r.not));
        rules.chain(&mut words.courtesy).chain(&mut words.neutral).for_each(|w| w.make_ascii_lowercase());
        Ok(words)
    }

    /// What the text of one scan says by itself.
    pub fn kind(&self, text: &str) -> EventKind {
        self.read(text, false)
    }

    /// The same without the weak rules: what the text says of a parcel that the service tells to be signed for.
    fn firm_kind(&self, text: &str) -> EventKind {
        self.read(text, true)
    }

    fn read(&self, text: &str, firm: bool) -> EventKind {
        let text = &*text.to_ascii_lowercase();
        let cut = self.courtesy.iter().filter_map(|c| text.find(c.as_str())).min().unwrap_or(text.len());
        let head = text.get(..cut).unwrap_or(text);
        let found = self.judge(head, firm);
        if found == EventKind::Other && cut < text.len() { self.judge(text, firm) } else { found }
    }

    fn judge(&self, text: &str, firm: bool) -> EventKind {
        let mut whole = text.to_owned();
        for phrase in &self.neutral {
            if whole.contains(phrase.as_str()) {
                whole = whole.replace(phrase.as_str(), " ");
            }
        }
        let (_, without_site) = leading_site(&whole);
        let holds = |rule: &&Rule| {
            let text = if rule.whole { whole.as_str() } else { without_site };
            rule.all.iter().all(|any| any.iter().any(|w| text.contains(w.as_str()))) && !rule.not.iter().any(|w| text.contains(w.as_str()))
        };
        self.rule.iter().filter(|r| !(firm && r.weak)).find(holds).map_or(EventKind::Other, |r| r.kind.kind())
    }
}

/// A leading `【…】` or `[…]` and what follows it; the text itself when nothing follows.
pub fn leading_site(text: &str) -> (Option<&str>, &str) {
    let trimmed = text.trim_start();
    let inside = [('【', '】'), ('[', ']')].into_iter().find_map(|(open, close)| trimmed.strip_prefix(open)?.split_once(close));
    match inside {
        Some((site, rest)) if !site.trim().is_empty() && !rest.trim().is_empty() => (Some(site.trim()), rest),
        _ => (None, text),
    }
}

/// Words after which a site is where the parcel goes, not where it is.
const BOUND_FOR: [&str; 7] = ["发往", "下一站", "送往", "前往", "寄往", "运往", "至"];

/// A site in brackets inside or at the end of a text (`快件到达【杭州中心】`, `派件已签收[深圳市]`), unless it is said to be the next one.
pub fn site(text: &str) -> Option<&str> {
    [('【', '】'), ('[', ']')].into_iter().find_map(|(open, close)| {
        let (before, rest) = text.split_once(open)?;
        let (inside, _) = rest.split_once(close)?;
        let inside = inside.trim();
        let next = BOUND_FOR.iter().any(|w| before.trim_end().ends_with(w));
        // longer ones, and those with digits or a mark, are sentences, telephones, codes
        let named = (2..=20).contains(&inside.chars().count()) && !inside.chars().any(|c| c.is_ascii_digit() || matches!(c, '，' | '。' | ':' | '：' | '/'));
        (!next && named).then_some(inside)
    })
}

/// Corrects meanings that only the order of scans, or the service's word for the whole parcel, can tell. `events` are oldest first.
pub fn settle(events: &mut [TraceEvent], whole: Option<(EventKind, &Words)>) {
    // "signed for" by the service, and no scan before that sends it back: a last scan that only sounds like a return is none
    if let (Some((EventKind::Delivered, words)), Some((last, before))) = (whole, events.split_last_mut())
        && matches!(last.kind, EventKind::Returning | EventKind::ReturnSigned)
        && !before.iter().any(|e| matches!(e.kind, EventKind::Returning | EventKind::ReturnSigned | EventKind::Refused))
    {
        last.kind = words.firm_kind(&last.text);
    }
    let (mut on_its_way, mut going_back) = (false, false);
    for event in events.iter_mut() {
        match event.kind {
            // "取件" before anyone drove it to the buyer is the courier fetching it from the sender
            EventKind::PickedUpByRecipient if !on_its_way => event.kind = EventKind::Collected,
            // whoever signs for a parcel on its way back is the sender or the sender's station
            kind if going_back && kind.signed() => event.kind = EventKind::ReturnSigned,
            _ => {}
        }
        match event.kind {
            EventKind::InTransit | EventKind::OutForDelivery | EventKind::AtStation => on_its_way = true,
            EventKind::Delivered | EventKind::DeliveredToOther | EventKind::LeftThere => on_its_way = true,
            EventKind::Returning | EventKind::ReturnSigned => going_back = true,
            _ => {}
        }
    }
    // the parcel's own state is more exact than a bare "signed", and names a last scan that the words leave open
    let Some((whole, _)) = whole else { return };
    match whole {
        EventKind::ReturnSigned => {
            if let Some(last) = events.iter_mut().rev().find(|e| e.kind.signed() || e.kind == EventKind::ReturnSigned) {
                last.kind = EventKind::ReturnSigned;
            }
        }
        EventKind::AtStation | EventKind::DeliveredToOther => {
            if let Some(last) = events.iter_mut().rev().find(|e| e.kind == EventKind::Delivered) {
                last.kind = whole;
            } else if let Some(last) = events.last_mut().filter(|e| e.kind == EventKind::Other) {
                last.kind = whole;
            }
        }
        EventKind::Delivered if !events.iter().any(|e| e.kind.signed() || e.kind == EventKind::ReturnSigned) => {
            if let Some(last) = events.last_mut().filter(|e| e.kind == EventKind::Other) {
                last.kind = EventKind::Delivered;
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scans_mean_what_people_read_in_them() {
        let words = Words::load(&Profile::built_in()).unwrap();
        use EventKind as K;
        for (text, kind) in [
            ("顺丰速运 已收取快件", K::Collected),
            ("【杭州市】圆通速递 杭州市余杭区公司 已揽收", K::Collected),
            ("【余杭菜鸟驿站】 已揽收", K::Collected),
            ("【义乌市】已收件，揽投员：李四，电话：13900001111", K::Collected),
            ("商家已下单，等待快递员揽收", K::Announced),
            ("包裹待揽收", K::Announced),
            ("快件已发往 杭州中转部", K::InTransit),
            ("【深圳市】快件到达 深圳转运中心", K::InTransit),
            ("快件已到达派件网点", K::InTransit),
            ("正在派件..(派件人:邓裕富,电话:18718866310)", K::OutForDelivery),
            ("【上海市】浦东的王五（13900002222）正在派件，请保持电话畅通，准备签收", K::OutForDelivery),
            ("快件正在派送中，如需放驿站请联系快递员", K::OutForDelivery),
            ("已签收,感谢使用顺丰,期待再次为您服务", K::Delivered),
            ("【北京市】快件已被 本人签收", K::Delivered),
            ("邮件已妥投", K::Delivered),
            ("客户签收人：张三 已签收 感谢使用圆通速递", K::Delivered),
            ("【成都市】已签收，签收人：本人，如有疑问请联系驿站或物业", K::Delivered),
            ("【物业大厦】已签收，签收人凭身份证", K::Delivered),
            ("已签收，签收人是门卫", K::DeliveredToOther),
            ("快件已由前台代收", K::DeliveredToOther),
            ("【广州市】您的快件已签收，签收人：家人", K::DeliveredToOther),
            ("快件已暂存至文一路妈妈驿站，请凭取货码8-2-1003及时取件", K::AtStation),
            ("您的快件已由丰巢的西溪里快递柜代收，请及时取件", K::AtStation),
            ("已投递至菜鸟驿站，待取件", K::AtStation),
            ("【文一路菜鸟驿站】已签收", K::AtStation),
            ("包裹已从代收点取出，取件成功", K::PickedUpByRecipient),
            ("已签收，签收人凭取货码签收", K::PickedUpByRecipient),
            ("快件已从丰巢智能柜取走包裹", K::PickedUpByRecipient),
            ("【杭州市】客户已从驿站取件，包裹已签收", K::PickedUpByRecipient),
            ("快件已在【文一路驿站】，请您及时领取", K::AtStation),
            ("快件已暂存至文一路菜鸟驿站，请及时领取签收，如有疑问请电联", K::AtStation),
            ("【杭州市】 快件已送达【文一路店】, 请及时领取", K::AtStation),
            ("您的快件已由【丰巢】代签收", K::AtStation),
            ("【上海市】已签收，签收人在【浦东自提点】领取", K::PickedUpByRecipient),
            ("商家正在等待快递小哥揽收", K::Announced),
            ("在官网“运单资料&签收图”，可查看签收人信息", K::Other),
            ("货物已分配，等待配送", K::Other),
            ("离开【杭州市余杭区揽投部】，下一站【杭州中心】", K::InTransit),
            ("未妥投，安排再投", K::Exception),
            ("【南京市】应客户要求，改期派送", K::Postponed),
            ("与收件人约定改日派送，快件暂存网点", K::Postponed),
            ("客户改约派送时间：4月8日", K::Postponed),
            ("应收件人要求，暂缓派送", K::Postponed),
            ("联系不上收件人，择日再派", K::Exception),
            ("因天气原因，快件改日派送", K::Exception),
            ("已签收，他人代收：门卫", K::DeliveredToOther),
            ("您的快件已送达，收件人：前台", K::DeliveredToOther),
            ("收件人拒收，等待处理", K::Refused),
            ("快件已退回，正送往寄件人", K::Returning),
            ("退回件已签收", K::ReturnSigned),
            ("派送不成功，联系不上收件人", K::Exception),
            ("快件未签收，稍后再次派送", K::Exception),
            ("您的包裹已签收！如要退货请联系商家", K::Delivered),
            ("签收成功，投诉建议请致电95543，退货寄件可联系快递员", K::Delivered),
            ("货物已完成配送，感谢您选择京东配送", K::Delivered),
            ("顺丰速运已完成派送，由收件人签名", K::Delivered),
            ("已派送至【客户家门口】并拍照", K::LeftThere),
            ("快件已由【家门口】签收", K::LeftThere),
            ("已签收，签收人：门口鞋架", K::LeftThere),
            ("已送到家门口，由家人代收", K::DeliveredToOther),
            ("快件尚未完成派送", K::OutForDelivery),
            ("快件已派送至文一路驿站门口", K::AtStation),
            ("快件已被提取", K::PickedUpByRecipient),
            ("包裹已被【客户】取走，门店：兔喜生活", K::PickedUpByRecipient),
            ("快件已被快递员取走", K::Other),
            ("【金华市】已签收，签收人：寄件人", K::ReturnSigned),
            ("已签收，签收人：永康发货仓", K::ReturnSigned),
            ("已签收，签收人：退货专员", K::ReturnSigned),
            ("【金华市】快件返程中", K::Returning),
            ("快件已召回", K::Returning),
            ("【金华市】寄件人已取回快件", K::Returning),
            ("快件已被寄件人召回，正在返回义乌", K::Returning),
            ("【杭州市】卖家要求拦截，快件已截回", K::Returning),
            ("【杭州市】快件已退给寄件人", K::Returning),
            ("快件已退给寄件人，已签收", K::ReturnSigned),
            ("【杭州市】应客户要求，快件正在退返", K::Returning),
            ("【杭州市】撤单成功，包裹返回商家", K::Returning),
            ("【金华市】退换货签收", K::ReturnSigned),
            ("【杭州市】退改件，已签收", K::Exception),
            ("快件已签收，支持退换货", K::Delivered),
            ("快件已由商家交给快递员，揽收成功", K::Collected),
            ("祝您生活愉快", K::Other),
            // abroad
            ("Delivered, In/At Mailbox", K::Delivered),
            ("Delivered, Left with Individual", K::Delivered),
            ("DELIVERED", K::Delivered),
            ("Delivered, Parcel Locker", K::AtStation),
            ("Delivered to Agent for Final Delivery", K::InTransit),
            ("Delivered, Front Desk/Reception/Mail Room", K::DeliveredToOther),
            ("Delivered to neighbour", K::DeliveredToOther),
            ("Received by guard house", K::DeliveredToOther),
            ("Shipment received by agent", K::Collected),
            ("Delivered, To Original Sender", K::ReturnSigned),
            ("Out for Delivery, Expected Delivery by 9:00pm", K::OutForDelivery),
            ("Scheduled delivery", K::Other),
            ("Shipment will be delivered tomorrow", K::Other),
            ("Picked up by customer", K::PickedUpByRecipient),
            ("Available for Pickup", K::AtStation),
            ("USPS picked up item", K::Collected),
            ("Posting", K::Collected),
            ("Yanwen Acceptance.", K::Collected),
            ("Origin Post is Preparing Shipment", K::Announced),
            ("Shipper created a label, UPS has not received the package yet. Label created", K::Announced),
            ("Arrived at USPS Regional Facility", K::InTransit),
            ("Leaving the operating point", K::InTransit),
            ("Delivery attempted - recipient not available", K::Exception),
            ("Package is undeliverable as addressed", K::Exception),
            ("Delivery rescheduled at the recipient's request", K::Postponed),
            ("The customer has requested a future delivery", K::Postponed),
            ("Refused by recipient", K::Refused),
            ("Return to sender", K::Returning),
            ("Returned to shipper", K::ReturnSigned),
        ] {
            assert_eq!(words.kind(text), kind, "{text}");
        }
    }

    #[test]
    fn what_only_sounds_like_a_return_gives_way_to_the_services_own_state() {
        let words = Words::load(&Profile::built_in()).unwrap();
        for (text, firm) in [
            ("已签收，签收人：退货专员", EventKind::Delivered),
            ("已签收，签收人：永康发货仓", EventKind::Delivered),
            ("退回件已签收", EventKind::ReturnSigned),
            ("退换货签收", EventKind::ReturnSigned),
            ("退改件，已签收", EventKind::Exception),
            ("已签收，签收人：寄件人", EventKind::ReturnSigned),
            ("快件返程中", EventKind::Returning),
        ] {
            assert_eq!(words.firm_kind(text), firm, "{text}");
        }
    }

    #[test]
    fn a_site_is_what_stands_in_front() {
        assert_eq!(leading_site("【杭州市】已揽收"), (Some("杭州市"), "已揽收"));
        assert_eq!(leading_site("[深圳市] 已签收").0, Some("深圳市"));
        assert_eq!(leading_site("【已签收】").0, None);
        assert_eq!(leading_site("快件到达【杭州】").0, None);
        assert_eq!((site("快件到达【杭州中心】"), site("派件已签收[深圳市]")), (Some("杭州中心"), Some("深圳市")));
        assert_eq!((site("发往【上海中心】"), site("派件员[13900002222]"), site("已签收")), (None, None, None));
    }
}
