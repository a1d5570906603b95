//! The codes: names that outlive their wording. Scripts, case.toml and `explain` use them.

use super::Severity;

macro_rules! codes {
    ($( $variant:ident $name:literal $family:literal $severity:ident; )*) => {
        /// A finding's code. `appealpack explain CODE` tells what it means, which rule it comes from and what clears it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "each code is explained under its name in templates/lang/*/findings-*.toml")]
        pub enum Code { $( $variant, )* }

        impl Code {
            /// Every code, family by family.
            pub const ALL: &'static [Code] = &[ $( Code::$variant, )* ];

            /// The contract's name.
            pub fn as_str(self) -> &'static str {
                match self { $( Code::$variant => $name, )* }
            }

            /// The family: the language file `findings-<family>.toml` holds its words.
            pub fn family(self) -> &'static str {
                match self { $( Code::$variant => $family, )* }
            }

            /// Severity where neither the platform's data nor case.toml says otherwise.
            pub fn default_severity(self) -> Severity {
                match self { $( Code::$variant => Severity::$severity, )* }
            }
        }
    };
}

codes! {
    NoticeMissing "notice-missing" "notice" Error;
    NoticeAmbiguous "notice-ambiguous" "notice" Error;
    NoticeWithoutOrders "notice-without-orders" "notice" Error;
    NoticeCountDiffers "notice-count-differs" "notice" Error;
    OrderListedTwice "order-listed-twice" "notice" Note;
    OrderNotInExport "order-not-in-export" "notice" Error;
    OrderIdDamaged "order-id-damaged" "notice" Error;
    PlatformUnknown "platform-unknown" "notice" Warning;
    DeadlineNear "deadline-near" "notice" Warning;
    DeadlinePassed "deadline-passed" "notice" Error;
    DeadlineUnknown "deadline-unknown" "notice" Warning;
    TrackingNumberMissing "tracking-number-missing" "logistics" Error;
    TrackingNumberMalformed "tracking-number-malformed" "logistics" Warning;
    TrackingNumberReused "tracking-number-reused" "logistics" Error;
    TrackingNumberShared "tracking-number-shared" "logistics" Note;
    TraceMissing "trace-missing" "logistics" Error;
    ScanBeforePayment "scan-before-payment" "logistics" Error;
    ScanBeforeOrder "scan-before-order" "logistics" Error;
    PickupMissing "pickup-missing" "logistics" Error;
    PickupLate "pickup-late" "logistics" Warning;
    MovementStalled "movement-stalled" "logistics" Warning;
    DestinationDiffers "destination-differs" "logistics" Error;
    OriginDiffers "origin-differs" "logistics" Warning;
    RecipientDiffers "recipient-differs" "logistics" Warning;
    ReturnedToSender "returned-to-sender" "logistics" Error;
    DeliveryNotConfirmed "delivery-not-confirmed" "logistics" Warning;
    SignedByOther "signed-by-other" "logistics" Note;
    TracesSimilar "traces-similar" "logistics" Warning;
    StepsOutOfOrder "steps-out-of-order" "logistics" Warning;
    CarrierOther "carrier-other" "logistics" Warning;
    DeliveryConfirmed "delivery-confirmed" "logistics" Ok;
    AnomalyUnexplained "anomaly-unexplained" "proof" Error;
    EvidenceGroupUnmet "evidence-group-unmet" "proof" Error;
    PromotionProofMissing "promotion-proof-missing" "proof" Warning;
    WeightMissing "weight-missing" "proof" Warning;
    WeightImplausible "weight-implausible" "proof" Warning;
    LabelNumberDiffers "label-number-differs" "proof" Warning;
    TracePublicOnly "trace-public-only" "proof" Note;
    ChatMissing "chat-missing" "proof" Note;
    ChatTextOnly "chat-text-only" "proof" Warning;
    ChatGap "chat-gap" "proof" Warning;
    ChatBuyerDiffers "chat-buyer-differs" "proof" Warning;
    ChatTimeDiffers "chat-time-differs" "proof" Warning;
    ProofNumberExpiring "proof-number-expiring" "proof" Warning;
    DeliveryProofMissing "delivery-proof-missing" "proof" Error;
    StockOutMissing "stock-out-missing" "proof" Warning;
    StockCountShort "stock-count-short" "proof" Warning;
    StockQuantityDiffers "stock-quantity-differs" "proof" Warning;
    StockNegative "stock-negative" "proof" Warning;
    AmountDiffers "amount-differs" "money" Warning;
    QuantityDiffers "quantity-differs" "money" Warning;
    InvoiceAfterSale "invoice-after-sale" "money" Warning;
    InvoiceQuantityShort "invoice-quantity-short" "money" Warning;
    InvoiceBuyerDiffers "invoice-buyer-differs" "money" Warning;
    InvoicePriceAboveSale "invoice-price-above-sale" "money" Warning;
    InvoiceGoodsDiffer "invoice-goods-differ" "money" Warning;
    BuyerOften "buyer-often" "money" Warning;
    QuantityUnusual "quantity-unusual" "money" Warning;
    RefundsMany "refunds-many" "money" Warning;
    ContentHarmful "content-harmful" "harm" Warning;
    StatementRisky "statement-risky" "harm" Warning;
    PictureReused "picture-reused" "harm" Error;
    PictureEdited "picture-edited" "harm" Error;
    EvidenceInOtherCase "evidence-in-other-case" "harm" Error;
    PictureBroken "picture-broken" "pictures" Error;
    PictureNotShown "picture-not-shown" "pictures" Warning;
    PictureTooSmall "picture-too-small" "pictures" Warning;
    PictureUnclear "picture-unclear" "pictures" Warning;
    PictureTakenLate "picture-taken-late" "pictures" Warning;
    FileUnmatched "file-unmatched" "files" Warning;
    FileAmbiguous "file-ambiguous" "files" Warning;
    FileUnreadable "file-unreadable" "files" Error;
    FileEncrypted "file-encrypted" "files" Warning;
    FileDuplicate "file-duplicate" "files" Note;
    MatchSheetRow "match-sheet-row" "files" Error;
    MatchSheetConflict "match-sheet-conflict" "files" Warning;
    MatchSheetStale "match-sheet-stale" "files" Note;
    ArchiveOdd "archive-odd" "files" Warning;
    ExtensionDiffers "extension-differs" "files" Note;
    SheetHidden "sheet-hidden" "files" Note;
    TableUnknown "table-unknown" "files" Warning;
    OthersInFile "others-in-file" "files" Warning;
    PathLong "path-long" "files" Warning;
    LimitReached "limit-reached" "files" Warning;
    RowsNotCounted "rows-not-counted" "files" Note;
    GlyphMissing "glyph-missing" "files" Warning;
    NotCheckable "not-checkable" "files" Note;
    LimitFiles "limit-files" "upload" Error;
    LimitBytes "limit-bytes" "upload" Error;
    LimitPages "limit-pages" "upload" Error;
    LimitText "limit-text" "upload" Error;
    LimitUnknown "limit-unknown" "upload" Note;
}

impl Code {
    /// Reads a name.
    pub fn from_name(name: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|c| c.as_str() == name)
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}
