//! The list of all statements, for the test that prepares each on both engines.

/// Every statement of the program, by file.
pub fn every_statement() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let files: &[(&str, &'static [(&'static str, &'static str)])] = &[
        ("account", crate::account::STATEMENTS),
        ("account_link", crate::account_link::STATEMENTS),
        ("address", crate::address::STATEMENTS),
        ("address_code", crate::address_code::STATEMENTS),
        ("browser", crate::browser::STATEMENTS),
        ("entry", crate::entry::STATEMENTS),
        ("entry_held", crate::entry::HELD_STATEMENTS),
        ("entry_taken", crate::entry::TAKEN_STATEMENTS),
        ("group", crate::group::STATEMENTS),
        ("happened", crate::happened::STATEMENTS),
        ("invite", crate::invite::STATEMENTS),
        ("invite_list", crate::invite_list::STATEMENTS),
        ("invite_seat", crate::invite_seat::STATEMENTS),
        ("item", crate::item::STATEMENTS),
        ("item_list", crate::item_list::STATEMENTS),
        ("item_right", crate::item_right::STATEMENTS),
        ("job", crate::job::STATEMENTS),
        ("known_browser", crate::known_browser::STATEMENTS),
        ("link", crate::link::STATEMENTS),
        ("lobby", crate::lobby::STATEMENTS),
        ("lobby_code", crate::lobby_code::STATEMENTS),
        ("log", crate::log::STATEMENTS),
        ("mail", crate::mail::STATEMENTS),
        ("mail_ceiling", crate::mail_ceiling::STATEMENTS),
        ("mail_template", crate::mail_template::STATEMENTS),
        ("mark", crate::mark::STATEMENTS),
        ("member_admin", crate::member_admin::STATEMENTS),
        ("member_search", crate::member_search::STATEMENTS),
        ("migrate", crate::db::MIGRATION_STATEMENTS),
        ("named_door", crate::named_door::STATEMENTS),
        ("oidc_identity", crate::oidc_identity::STATEMENTS),
        ("passkey", crate::passkey::STATEMENTS),
        ("people", crate::people::STATEMENTS),
        ("people_by_link", crate::people::BY_LINK_STATEMENTS),
        ("people_erase", crate::people_erase::STATEMENTS),
        ("people_out", crate::people_out::STATEMENTS),
        ("process", crate::process::STATEMENTS),
        ("refused", crate::refused::STATEMENTS),
        ("retention", crate::retention::STATEMENTS),
        ("run_out", crate::run_out::STATEMENTS),
        ("seat", crate::seat::STATEMENTS),
        ("session", crate::session::STATEMENTS),
        ("seat_move", crate::seat_move::STATEMENTS),
        ("setting", crate::setting::STATEMENTS),
        ("setup_token", crate::setup_token::STATEMENTS),
        ("sign_in_flow", crate::sign_in_flow::STATEMENTS),
        ("site_inside", crate::site_inside::STATEMENTS),
        ("site_key", crate::site_key::STATEMENTS),
        ("site_log", crate::site_log::STATEMENTS),
        ("upload", crate::upload::STATEMENTS),
        ("viewing", crate::viewing::STATEMENTS),
    ];
    files
        .iter()
        .flat_map(|(file, list)| list.iter().map(|(name, sql)| (*file, *name, *sql)))
        .collect::<Vec<_>>()
        .into_iter()
}
