//! How a registry is written: a scenario, the folder of its strategies, and their files by what they do. A line more is a
//! strategy more.

macro_rules! registry {
    ($scenario:literal in $folder:literal, $($kind:ident: $($module:ident),* $(,)?);+) => {
        $($(pub mod $module;)*)+

        /// The registry, in teaching order.
        pub const ALL: &[Strategy] = &[$($(Strategy {
            scenario: $scenario,
            about: &$module::ABOUT,
            source: include_str!(concat!($folder, "/", stringify!($module), ".rs")),
            source_path: concat!("server/engine/src/strategies/", $folder, "/", stringify!($module), ".rs"),
            play: play!($kind $module),
            settings: settings!($kind $module),
        }),*),+];
    };
}

macro_rules! play {
    (buy $module:ident) => {
        Play::Buy(|bench, buy| Box::pin($module::buy(bench, buy)))
    };
    (buy_units $module:ident) => {
        Play::BuyUnits(|bench, buy| Box::pin($module::buy(bench, buy)))
    };
    (carry $module:ident) => {
        Play::Carry(|bench, command| Box::pin($module::carry(bench, command)))
    };
    (carry_out $module:ident) => {
        Play::Move(|bench, order| Box::pin($module::carry_out(bench, order)))
    };
    (open $module:ident) => {
        Play::Open(|bench| Box::pin($module::open(bench)))
    };
    (check_out $module:ident) => {
        Play::CheckOut {
            check_out: |bench, order| Box::pin($module::check_out(bench, order)),
            recover: $module::RECOVER,
        }
    };
    (handle $module:ident) => {
        Play::Handle(|bench, delivery| Box::pin($module::handle(bench, delivery)))
    };
    (charge $module:ident) => {
        play!(handle $module)
    };
    (charge_windowed $module:ident) => {
        Play::HandleWindowed(|bench, delivery| Box::pin($module::handle(bench, delivery)))
    };
    (serve $module:ident) => {
        play!(serve $module chosen false)
    };
    (serve_as_chosen $module:ident) => {
        play!(serve $module chosen true)
    };
    (serve $module:ident chosen $is_chosen:literal) => {
        Play::Serve {
            place: |bench, event| Box::pin($module::place(bench, event)),
            relay: $module::RELAY,
            handle: |bench, delivery| Box::pin($module::handle(bench, delivery)),
            is_chosen: $is_chosen,
        }
    };
    (place $module:ident) => {
        play!(place $module beside Nothing)
    };
    (place_listening $module:ident) => {
        play!(place $module beside Listener)
    };
    (place_logged $module:ident) => {
        play!(place $module beside Slot)
    };
    (place $module:ident beside $beside:ident) => {
        Play::Place {
            place: |bench, event| Box::pin($module::place(bench, event)),
            relay: $module::RELAY,
            beside: Beside::$beside,
        }
    };
}

macro_rules! settings {
    (charge $module:ident) => {
        &[
            Setting {
                knobs: LEDGER_ROW,
                trial: $module::ABOUT.trial,
                promises: $module::ABOUT.promises,
            },
            $module::AT_PROVIDER,
        ]
    };
    (charge_windowed $module:ident) => {
        settings!(charge $module)
    };
    (serve_as_chosen $module:ident) => {
        $module::SETTINGS
    };
    ($kind:ident $module:ident) => {
        &[]
    };
}
