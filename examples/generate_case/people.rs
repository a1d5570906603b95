//! The invented shop: goods, places, names. Nothing here exists; the phone numbers use a prefix that no operator has.

use super::rng::Rng;

pub const SHOP: &str = "示例厨具旗舰店";
pub const COMPANY: &str = "永康市示例厨具有限公司";
pub const SERVICE_NICK: &str = "示例厨具旗舰店:小禾";
pub const SHIP_FROM: &str = "浙江省金华市永康市东城街道样板路18号";

/// An article of the shop.
pub struct Product {
    pub sku: &'static str,
    pub title: &'static str,
    pub short: &'static str,
    pub attributes: &'static str,
    /// Price in fen.
    pub price: i64,
    pub grams: i64,
    pub colour: [u8; 3],
}

const fn product(sku: &'static str, short: &'static str, title: &'static str, attributes: &'static str, price: i64, grams: i64, colour: [u8; 3]) -> Product {
    Product { sku, title, short, attributes, price, grams, colour }
}

pub const PRODUCTS: [Product; 10] = [
    product("CG-32-01", "铁锅", "示例厨具精铸铁炒锅32cm家用无涂层老式铁锅不易粘", "颜色分类:原铁色;尺寸:32cm", 16900, 2650, [58, 58, 62]),
    product("CG-28-02", "平底锅", "麦饭石色平底煎锅28cm少油烟煎蛋牛排锅电磁炉通用", "颜色分类:浅灰;尺寸:28cm", 12900, 1380, [150, 146, 138]),
    product("TG-24-03", "珐琅锅", "铸铁珐琅锅24cm炖汤锅家用焖烧煲汤锅", "颜色分类:奶油白;尺寸:24cm", 29900, 4320, [232, 224, 204]),
    product("TG-22-04", "汤锅", "304不锈钢汤锅22cm双耳加厚复底煮面锅", "颜色分类:本色;尺寸:22cm", 9900, 1560, [186, 190, 196]),
    product("ZG-30-05", "蒸锅", "不锈钢三层蒸锅30cm大容量家用蒸鱼蒸馒头", "颜色分类:三层;尺寸:30cm", 18900, 3180, [176, 182, 190]),
    product("DJ-06", "刀具套装", "厨房刀具套装六件套切片刀砍骨刀带刀座", "套餐:六件套;颜色分类:胡桃木", 15900, 2240, [120, 84, 56]),
    product("ZB-07", "砧板", "乌檀木整木砧板家用切菜板加厚", "尺寸:40x28cm", 11900, 2080, [112, 74, 50]),
    product("NG-16-08", "奶锅", "陶瓷釉奶锅16cm宝宝辅食锅热奶小锅", "颜色分类:豆绿;尺寸:16cm", 7900, 860, [136, 164, 132]),
    product("SH-09", "烧水壶", "304不锈钢烧水壶4L鸣笛燃气电磁炉通用", "颜色分类:本色;容量:4L", 8900, 1120, [196, 198, 200]),
    product("CS-10", "锅铲套装", "硅胶锅铲套装五件套耐高温不伤锅", "颜色分类:燕麦色;套餐:五件套", 5900, 640, [214, 190, 156]),
];

/// A district that parcels go to: province, city, district, postcode.
pub const PLACES: [(&str, &str, &str, &str); 30] = [
    ("浙江省", "杭州市", "西湖区", "310013"),
    ("浙江省", "宁波市", "鄞州区", "315100"),
    ("浙江省", "温州市", "鹿城区", "325000"),
    ("江苏省", "南京市", "鼓楼区", "210009"),
    ("江苏省", "苏州市", "吴中区", "215128"),
    ("江苏省", "无锡市", "梁溪区", "214001"),
    ("上海", "上海市", "浦东新区", "200120"),
    ("上海", "上海市", "闵行区", "201100"),
    ("北京", "北京市", "朝阳区", "100020"),
    ("北京", "北京市", "海淀区", "100086"),
    ("天津", "天津市", "南开区", "300100"),
    ("广东省", "广州市", "天河区", "510630"),
    ("广东省", "深圳市", "南山区", "518052"),
    ("广东省", "佛山市", "禅城区", "528000"),
    ("广东省", "东莞市", "南城街道", "523070"),
    ("福建省", "厦门市", "思明区", "361001"),
    ("福建省", "福州市", "鼓楼区", "350001"),
    ("山东省", "青岛市", "市南区", "266071"),
    ("山东省", "济南市", "历下区", "250014"),
    ("河南省", "郑州市", "金水区", "450003"),
    ("湖北省", "武汉市", "武昌区", "430060"),
    ("湖南省", "长沙市", "岳麓区", "410006"),
    ("四川省", "成都市", "武侯区", "610041"),
    ("重庆", "重庆市", "渝北区", "401120"),
    ("陕西省", "西安市", "雁塔区", "710061"),
    ("辽宁省", "沈阳市", "和平区", "110001"),
    ("安徽省", "合肥市", "蜀山区", "230031"),
    ("江西省", "南昌市", "东湖区", "330006"),
    ("云南省", "昆明市", "五华区", "650031"),
    ("广西壮族自治区", "南宁市", "青秀区", "530022"),
];

const ROADS: [&str; 14] =
    ["青禾路", "银杏路", "书香街", "望江路", "云栖路", "锦绣路", "梧桐街", "学府路", "长风街", "丰泽路", "翠屏路", "滨河路", "春晖路", "明月街"];
const ESTATES: [&str; 14] =
    ["金桂花园", "清水湾", "阳光里", "和润家园", "梅香苑", "绿洲新村", "书院小区", "天和公寓", "东方雅居", "静安里", "映月台", "半山庭", "桃源居", "安居苑"];
const SURNAMES: [&str; 30] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐",
    "冯", "于", "董", "萧",
];
const GIVEN: [&str; 36] = [
    "晓雯", "建国", "雨桐", "志远", "思琪", "海燕", "文博", "丽娟", "子涵", "春梅", "浩然", "佳怡", "立新", "若溪", "国栋", "欣悦", "明辉", "雪莹", "俊杰",
    "婷婷", "晨", "静", "磊", "敏", "洋", "霞", "鹏", "颖", "凯", "岚", "嘉禾", "梓萱", "书瑶", "培良", "桂芳", "一凡",
];

/// Nicks as people choose them: some with a comma, an emoji or an underscore, which is what breaks readers.
const NICKS: [&str; 34] = [
    "厨房小白菜88",
    "爱做饭的琳琳",
    "小鱼,不吃鱼",
    "奶茶不加糖🧋",
    "深夜炖汤人",
    "橘子味汽水_07",
    "一碗阳春面呀",
    "大圆脸圆圆",
    "西门口的猫🐱",
    "豆浆油条123",
    "麦田里的风2016",
    "不会颠勺的老张",
    "青柠薄荷ss",
    "杭州小笼包王",
    "妞妞妈妈2019",
    "山里的柿子红了",
    "lemon_tree66",
    "周末只想睡觉",
    "柴米油盐,酱醋茶",
    "阿布阿布的家",
    "蓝莓果酱jam",
    "北方的狼1983",
    "煎蛋要单面",
    "花生米与啤酒",
    "云朵面包店主",
    "小熊爱吃蜂蜜🍯",
    "cici在厨房",
    "外婆的红烧肉",
    "胖虎减肥中",
    "南山南北海北",
    "草莓大福ovo",
    "锅碗瓢盆交响曲",
    "月亮邮递员",
    "老陈家的小院",
];

/// The `i`th nick; beyond the written ones they are the kind that the platform gives.
pub fn nick(seed: u64, i: usize) -> String {
    let mut order: Vec<usize> = (0..NICKS.len()).collect();
    Rng::named(seed, "nicks").shuffle(&mut order);
    match order.get(i) {
        Some(&n) => NICKS[n].to_owned(),
        // four digits from the place in the list keep them apart
        None => format!("tb{}{:05}", Rng::named(seed, &format!("nick {i}")).digits(4), i),
    }
}

/// A full name.
pub fn name(rng: &mut Rng) -> String {
    format!("{}{}", rng.pick(&SURNAMES), rng.pick(&GIVEN))
}

/// A mobile number under a prefix that is not given out.
pub fn phone(rng: &mut Rng) -> String {
    format!("154{:08}", rng.range(0, 100_000_000))
}

/// The part of an address below the district.
pub fn street(rng: &mut Rng) -> String {
    let (road, estate) = (*rng.pick(&ROADS), *rng.pick(&ESTATES));
    let (number, house, unit, room) = (rng.range(2, 399), rng.range(1, 29), rng.range(1, 4), rng.range(1, 18) * 100 + rng.range(1, 5));
    format!("{road}{number}号{estate}{house}幢{unit}单元{room}室")
}
