//! What buyers and the shop say to each other: a pool of written exchanges, put together so that they fit the order and the screens.

use super::people::{PLACES, PRODUCTS};
use super::rng::Rng;
use super::world::{Cause, End, Options, Order, later};
use chrono::{Duration, NaiveDateTime};

/// One message of a conversation.
#[derive(Debug, Clone)]
pub struct Message {
    pub at: NaiveDateTime,
    pub from_buyer: bool,
    pub body: Body,
    /// Seen on the screen before already: whoever takes screenshots lets them overlap.
    pub again: bool,
}

/// What it carries.
#[derive(Debug, Clone)]
pub enum Body {
    Text(String),
    /// A photograph of the article.
    Photo,
    /// The card of an order that the apps put into chats.
    Card,
}

/// What an exchange is about: talk of lids makes no sense for a knife.
#[derive(Clone, Copy)]
enum About {
    Any,
    /// Bought in the live show.
    Live,
    /// Articles, by their place in the list.
    Only(&'static [usize]),
}

impl About {
    fn fits(self, order: &Order) -> bool {
        match self {
            About::Any => true,
            About::Live => order.cause == Cause::Live,
            About::Only(articles) => articles.contains(&order.lines[0].0),
        }
    }
}

use About::{Any, Live, Only};

const IRON: About = Only(&[0, 2]);
const PANS: About = Only(&[0, 1, 2, 3, 4]);
const LIDS: About = Only(&[2, 3, 4]);
const STEEL: About = Only(&[3, 4, 8]);
const HANDLES: About = Only(&[0, 1, 7, 8]);

/// B: the buyer speaks, S: the shop. One entry is one exchange.
type Exchange = (About, &'static [(char, &'static str)]);

const BEFORE: [Exchange; 18] = [
    (PANS, &[('B', "在吗，想问下{p}电磁炉能用吗"), ('S', "亲亲在的，{p}电磁炉、燃气灶都可以用的哦")]),
    (IRON, &[('B', "新锅要不要先开锅"), ('S', "需要的亲，用温水洗净擦干，小火烧热抹一层食用油，反复两三次就可以啦")]),
    (PANS, &[('B', "这个重不重啊，我妈手腕不太好"), ('S', "详情页有标重量，也可以看下小一号的，老人家单手拿会轻松一些")]),
    (Any, &[('B', "今天拍什么时候能发"), ('S', "下午两点前付款当天安排，之后的次日发出哈")]),
    (Any, &[('B', "发什么快递？我们这边顺丰离得近"), ('S', "系统按地区分配的，您这边默认{c}"), ('B', "那行")]),
    (Live, &[('B', "刚在看，主播说的赠品锅刷有吗"), ('S', "有的，随包裹一起寄出，不用另外备注")]),
    (HANDLES, &[('B', "手柄烫不烫手"), ('S', "手柄是隔热的，大火久煮还是建议垫块布")]),
    (PANS, &[('B', "{p}能进洗碗机吗"), ('S', "不建议亲，手洗擦干寿命更长")]),
    (Any, &[('B', "收货地址写的是公司，周末没人收"), ('S', "好的，我给您备注工作日派送")]),
    (Any, &[('B', "价格还会再降吗"), ('S', "这次就是活动价了，七天内降价可以联系我们申请保价")]),
    (Any, &[('B', "有没有实物图，怕有色差"), ('S', "仓库刚拍的，您看下"), ('S', "[图]")]),
    (PANS, &[('B', "四口之家用多大尺寸合适"), ('S', "三到五个人建议选大号，炒菜不容易洒出来")]),
    (Any, &[('B', "保修多久"), ('S', "质量问题一年内免费换新，您放心使用")]),
    (Any, &[('B', "可以开发票吗，个人抬头"), ('S', "可以的，确认收货后在订单页申请电子发票就行")]),
    (Any, &[('B', "两件一起拍能省运费吗"), ('S', "我们全国大部分地区包邮，两件会合在一个包裹里")]),
    (LIDS, &[('B', "锅盖是玻璃的还是不锈钢的"), ('S', "玻璃可视锅盖，边上包了硅胶圈")]),
    (Any, &[('B', "送人的，外包装好看吗"), ('S', "有彩盒，外面再套一层牛皮纸箱，送人没问题")]),
    (PANS, &[('B', "用钢丝球会不会刮花"), ('S', "用海绵就好，粘锅底的话温水泡一会儿再擦")]),
];

const TRANSIT: [Exchange; 16] = [
    (Any, &[('B', "这笔麻烦再核对下地址"), ('S', "[单]"), ('S', "{city}{district}的，对吗"), ('B', "对的")]),
    (Any, &[('B', "单号发我一下，我查查"), ('S', "{c} {w}，您也留意一下短信")]),
    (Any, &[('B', "物流半天没更新了"), ('S', "干线上要到站才更新，我帮您盯着")]),
    (Any, &[('B', "能改一下电话吗，这个号码白天打不通"), ('S', "可以的，您发我新号码，我跟网点说一声"), ('B', "算了，还是打这个吧，我开声音")]),
    (Any, &[('B', "包裹到{city}了，今天能派吗"), ('S', "已经到当地网点，正常今天或者明天派送")]),
    (Any, &[('B', "快递员说放驿站行不行"), ('S', "看您方便，取件的时候当面看下外箱有没有压坏")]),
    (Any, &[('S', "亲，您的{p}正在派送，请保持电话畅通哦"), ('B', "好的谢谢")]),
    (Any, &[('B', "查到了，谢谢"), ('S', "不客气，有问题随时找我")]),
    (Any, &[('B', "是从永康发的吗"), ('S', "是的，工厂仓直发")]),
    (Any, &[('B', "外面下雨，箱子会不会湿"), ('S', "锅外面套了防水袋，箱子湿一点不影响里面")]),
    (Any, &[('B', "有没有订单号，我对一下"), ('S', "订单号{o}，跟您页面上是一样的")]),
    (Any, &[('B', "短信里没有取件码"), ('S', "驿站那边补发了一条，您再看看")]),
    (Any, &[('B', "你们发错颜色了没，我要的是{a}"), ('S', "核对过了，出库单上就是您选的这款")]),
    (Any, &[('B', "快递电话多少"), ('S', "订单页点物流详情能看到派送员电话")]),
    (Any, &[('B', "家里没人，放门口可以吗"), ('S', "可以的，派送员会拍照，您回家第一时间看下")]),
    (Any, &[('S', "包裹显示今天能到，请注意查收"), ('B', "收到")]),
];

const AFTER: [Exchange; 24] = [
    (IRON, &[('B', "收到了，包装很结实"), ('S', "太好啦，第一次用记得先开锅哦")]),
    (Any, &[('B', "[图]"), ('B', "刚拆开，挺漂亮的"), ('S', "谢谢亲的照片，做出好菜也可以发给我们看看")]),
    (PANS, &[('B', "锅底有一点印子，是正常的吗"), ('S', "是出厂检测留下的水痕，用白醋擦一下就没了"), ('B', "真的擦掉了")]),
    (Only(&[0, 1]), &[('B', "第一次煎鱼有点粘"), ('S', "热锅冷油，鱼皮擦干再下锅，用两次养好了就不粘了")]),
    (LIDS, &[('B', "盖子边上好像松了一点"), ('S', "您拍张照片我看下"), ('B', "[图]"), ('S', "这个是硅胶圈没压紧，沿着边按一圈就好")]),
    (Any, &[('B', "少了一个锅刷"), ('S', "抱歉亲，我这边给您补寄一个，单号明天发您"), ('B', "好的不急")]),
    (Any, &[('B', "想再买一个送我姐"), ('S', "可以的，直接拍就行，地址填对方的")]),
    (Only(&[2, 3]), &[('B', "炖了一锅排骨，很香"), ('S', "看着就好吃，汤多的时候记得转小火")]),
    (Any, &[('B', "怎么申请发票"), ('S', "我的订单里找到这笔，点申请开票，填抬头就行"), ('B', "找到了")]),
    (STEEL, &[('B', "不锈钢发黄怎么洗"), ('S', "放一勺小苏打加水煮五分钟，再冲干净")]),
    (IRON, &[('B', "铁锅生锈了怎么办"), ('S', "用细砂纸轻轻打磨，洗净烧干再抹油养一遍就行")]),
    (Any, &[('B', "说明书丢了，电子版有吗"), ('S', "商品详情页最下面有使用说明，截图保存一下就行")]),
    (Any, &[('S', "亲，使用中有任何问题随时联系我"), ('B', "嗯嗯，用着挺好")]),
    (PANS, &[('B', "比我想的重一点，不过厚实"), ('S', "加厚底受热均匀，炖东西不容易糊")]),
    (PANS, &[('B', "能不能换个大一号的"), ('S', "未使用七天内可以换，来回运费看一下退换规则哦"), ('B', "那我先用用看")]),
    (PANS, &[('B', "我妈说比老锅好用"), ('S', "阿姨喜欢就好")]),
    (HANDLES, &[('B', "火大了会不会把手柄烤坏"), ('S', "火苗不要超过锅底就没事")]),
    (Any, &[('B', "快递员态度不错，送到家门口的"), ('S', "收到，我们也会反馈给网点")]),
    (Any, &[('B', "标签撕不干净"), ('S', "用吹风机热一下，或者抹点食用油，很好擦掉")]),
    (Only(&[8]), &[('B', "水壶鸣笛声音能调吗"), ('S', "声音是固定的亲，水开了马上关火就好")]),
    (Only(&[6]), &[('B', "砧板需要抹油吗"), ('S', "建议抹一层食用油放一晚，以后每个月保养一次")]),
    (Only(&[5]), &[('B', "刀座能放灶台旁边吗"), ('S', "离火远一点，木头怕烤")]),
    (PANS, &[('B', "已经用了三天，没有异味"), ('S', "那就好，用完擦干再收哦")]),
    (Any, &[('B', "周末朋友来吃饭都问我哪买的"), ('S', "哈哈谢谢亲的认可")]),
];

const STATION: Exchange = (Any, &[('B', "刚从驿站拿回来了"), ('S', "好的亲，回家打开看看有没有问题")]);
const DESK: Exchange = (Any, &[('B', "放在前台了，同事帮我签的"), ('S', "好的，您下班记得拿一下")]);

/// Heights that a screen has for messages, in the pixels of a 1080 wide phone, and how a message fills it: shared with the drawing.
pub const TEXT_SIZE: f32 = 44.0;
/// Line pitch of bubbles.
pub const LINE: i64 = 62;
/// Widest text in a bubble.
pub const BUBBLE: i64 = 700;
/// Padding inside a bubble.
pub const PAD: i64 = 34;
/// Between two messages.
pub const GAP: i64 = 44;
/// The card of an order.
pub const CARD_HEIGHT: i64 = 300;

/// Height of a message with the gap under it. Widths are estimated: a full-width character takes the size, others a little more than half.
pub fn height(body: &Body, photo: i64) -> i64 {
    match body {
        Body::Text(text) => {
            let width: f32 = text.chars().map(|c| if c.is_ascii() { 0.6 * TEXT_SIZE } else { TEXT_SIZE }).sum();
            let lines = (width / (BUBBLE as f32 - TEXT_SIZE)).ceil().max(1.0) as i64;
            lines * LINE + 2 * PAD + GAP
        }
        Body::Photo => photo + GAP,
        Body::Card => CARD_HEIGHT + GAP,
    }
}

/// What a screen has space for: pixels for messages, the height of a photograph, and how many there are at least (they carry the weight).
pub struct Room {
    pub height: i64,
    pub photo: i64,
    pub photos: usize,
}

/// The conversation of an order, cut into screens that each fit their room.
pub fn screens(order: &Order, options: &Options, rooms: &[Room]) -> Vec<Vec<Message>> {
    let mut rng = Rng::named(options.seed, &format!("chat {}", order.id));
    let mut pools: [Vec<Exchange>; 3] = [BEFORE.to_vec(), TRANSIT.to_vec(), AFTER.to_vec()];
    for pool in &mut pools {
        pool.retain(|(about, _)| about.fits(order));
        rng.shuffle(pool);
    }
    match order.end {
        End::Station => pools[2].push(STATION),
        End::Frontdesk => pools[2].push(DESK),
        End::Signed | End::Returned | End::Underway => {}
    }
    let starts = [
        order.created - Duration::minutes(21),
        order.delivered.date().and_hms_opt(7, 48, 0).unwrap_or(order.delivered),
        order.delivered + Duration::minutes(18),
    ];
    let mut clocks = starts;
    let mut out = Vec::new();
    for (i, room) in rooms.iter().enumerate() {
        // one screen shows what the buyer wrote on arrival, two add the time before
        let stage = match rooms.len() {
            1 => 2,
            2 => [0, 2][i],
            n => (i * 3 / n).min(2),
        };
        let mut screen: Vec<Message> = out.last().map(|before: &Vec<Message>| overlap(before)).unwrap_or_default();
        let mut used: i64 = screen.iter().map(|m| height(&m.body, room.photo)).sum();
        let mut wanted = room.photos;
        loop {
            let lines: Vec<(bool, Body)> = if wanted > 0 && screen.len() >= 2 {
                wanted -= 1;
                vec![(stage == 2, Body::Photo)]
            } else {
                let from = (stage..3).chain(0..stage).find(|&p| !pools[p].is_empty());
                let Some((_, exchange)) = from.and_then(|p| pools[p].pop()) else { break };
                exchange.iter().map(|&(side, text)| (side == 'B', spoken(text, order))).collect()
            };
            let more: i64 = lines.iter().map(|(_, body)| height(body, room.photo)).sum();
            if used + more > room.height {
                break;
            }
            used += more;
            for (from_buyer, body) in lines {
                clocks[stage] = later(clocks[stage], rng.range(0, 2), &mut rng) + Duration::seconds(5);
                screen.push(Message { at: clocks[stage], from_buyer, body, again: false });
            }
            clocks[stage] += Duration::minutes(rng.range(0, 4));
        }
        clocks[stage] += Duration::minutes(3);
        out.push(screen);
    }
    out
}

/// The end of a screen, from its last words on.
fn overlap(before: &[Message]) -> Vec<Message> {
    let from = before.iter().rposition(|m| matches!(m.body, Body::Text(_))).unwrap_or(before.len());
    before[from..].iter().map(|m| Message { again: true, ..m.clone() }).collect()
}

fn spoken(text: &str, order: &Order) -> Body {
    match text {
        "[图]" => Body::Photo,
        "[单]" => Body::Card,
        _ => {
            let article = &PRODUCTS[order.lines[0].0];
            let (_, city, district, _) = PLACES[order.place];
            let attributes = article.attributes.split([':', ';']).nth(1).unwrap_or_default();
            Body::Text(
                text.replace("{p}", article.short)
                    .replace("{a}", attributes)
                    .replace("{c}", order.carrier.name())
                    .replace("{w}", &order.waybill)
                    .replace("{o}", &order.id)
                    .replace("{city}", city)
                    .replace("{district}", district),
            )
        }
    }
}
