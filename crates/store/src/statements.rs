//! The list of all statements, for the test that prepares each on both engines.

/// Every statement of the program, by file.
pub fn every_statement() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let files: &[(&str, &'static [(&'static str, &'static str)])] = &[
        ("account", crate::account::STATEMENTS),
        ("address", crate::address::STATEMENTS),
        ("entry", crate::entry::STATEMENTS),
        ("group", crate::group::STATEMENTS),
        ("invite", crate::invite::STATEMENTS),
        ("invite_list", crate::invite_list::STATEMENTS),
        ("invite_seat", crate::invite_seat::STATEMENTS),
        ("item", crate::item::STATEMENTS),
        ("job", crate::job::STATEMENTS),
        ("link", crate::link::STATEMENTS),
        ("lobby", crate::lobby::STATEMENTS),
        ("log", crate::log::STATEMENTS),
        ("mail", crate::mail::STATEMENTS),
        ("mail_template", crate::mail_template::STATEMENTS),
        ("mark", crate::mark::STATEMENTS),
        ("member_search", crate::member_search::STATEMENTS),
        ("migrate", crate::db::MIGRATION_STATEMENTS),
        ("process", crate::process::STATEMENTS),
        ("seat", crate::seat::STATEMENTS),
        ("setting", crate::setting::STATEMENTS),
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
