//! Tables of counters: rows with one amount that many change, and the table that records each change.
//!
//! A scenario's rows name their table; an adapter makes it, with the columns that these shapes say.

/// A table of counters and the table of its records.
#[derive(Debug, PartialEq, Eq)]
pub struct Counters {
    /// The name.
    pub table: &'static str,
    /// The column of its key.
    pub key: &'static str,
    /// The column that says what a row is a part of.
    pub group: &'static str,
    /// The column of the amount.
    pub amount: &'static str,
    /// The table that keeps, for each operation and row, how much it took; empty where there is none.
    pub records: &'static str,
    /// That table's column of the row's key.
    pub record_key: &'static str,
    /// That table's column of what was taken.
    pub taken: &'static str,
}

/// A shop's stock: how many are left of each product, and what was sold.
pub static STOCK: Counters = Counters {
    table: "stock",
    key: "sku",
    group: "product",
    amount: "quantity",
    records: "sales",
    record_key: "sku",
    taken: "quantity",
};

/// A bank's accounts: how much is in each, and what every transfer took out of it; what it put in is below zero.
pub static ACCOUNTS: Counters = Counters {
    table: lab::checks::ACCOUNTS,
    key: "account",
    group: "owner",
    amount: "balance",
    records: "postings",
    record_key: "account",
    taken: "taken",
};

/// A few plain values, as the literature has them. Nobody keeps a record of their changes.
pub static TEST: Counters = Counters {
    table: lab::checks::TEST,
    key: "id",
    group: "part_of",
    amount: "value",
    records: "",
    record_key: "",
    taken: "",
};

impl Counters {
    /// The table of this name; stock where there is none.
    pub fn of(table: &str) -> &'static Self {
        [&ACCOUNTS, &TEST].into_iter().find(|counters| counters.table == table).unwrap_or(&STOCK)
    }

    /// Whether each change is recorded.
    pub fn has_records(&self) -> bool {
        !self.records.is_empty()
    }

    /// The columns that every statement returns of a row, in this order.
    pub fn returned(&self) -> String {
        format!("{}, version, last_op", self.amount)
    }
}
