//! `docs/policy.md`: every setting with the test that proves its effect. The list here is held against the settings
//! of the code, against the tests' own text, and against the document.

use app::policy::Setting;

/// Where tests stand that this list may name.
const SOURCES: &[&str] = &[
    include_str!("../policy.rs"),
    include_str!("doors.rs"),
    include_str!("makers.rs"),
    include_str!("../../../../app/src/policy/stored.rs"),
    include_str!("../../../../app/src/invites/tests.rs"),
    include_str!("../../../../app/src/invites/tests/policy.rs"),
];

/// Read and kept; what obeys it comes with recordings and rooms.
const KEPT: &str = "what_is_written_is_read_back";

fn proof(setting: Setting) -> &'static str {
    match setting {
        Setting::Enabled => "enabled_off_puts_everybody_out_and_on_revives",
        Setting::MediaPage => "media_page_and_module_need_each_other",
        Setting::GuestLinksBy => "guest_links_by_says_who_makes_them",
        Setting::GuestLinksPerItem => "guest_links_per_item_bounds_them",
        Setting::InvitesBy => "invites_by_says_who_invites",
        Setting::InviteMinutes => "invite_minutes_bounds_the_duration",
        Setting::InviteUses => "invite_uses_bounds_the_devices",
        Setting::InviteTemplate => "invite_template_shows_the_mail_box",
        Setting::TypeAhead => "type_ahead_says_who_is_found",
        Setting::Lobby(_) => "lobby_is_asked_by_class_and_site_role",
        Setting::InvitesAllowed(_) => "invites_allowed_shuts_one_door_of_one_class",
        Setting::GuestLinksAllowed(_) => "guest_links_allowed_shuts_one_door_of_one_class",
        Setting::InvitesToRecording(_) | Setting::OwnersShowRecording(_) | Setting::GuestsInContainers => {
            KEPT
        }
        Setting::RetentionDays => "retention_days_erases_who_has_no_right_left",
        Setting::DomainsForGuests => "domains_for_guests_makes_the_lists_hold_for_them",
        Setting::BlockedDomains => "blocked_domains_hold_at_both_doors",
        Setting::AllowedDomains => "allowed_domains_admit_nothing_else",
    }
}

fn document() -> String {
    let mut text = String::from(
        "# Settings of the site and the tests that prove them\n\n\
         Written by the test `every_setting_has_its_proof` (`UPDATE_GOLDEN=1` writes it anew). What each setting does\n\
         stands in [access.md](access.md) 2. A setting that names `what_is_written_is_read_back` is kept and shown,\n\
         but nothing obeys it yet: recordings, and rooms in channels, come later.\n\n\
         | setting | a new site's value | test |\n|---|---|---|\n",
    );
    let new = app::domain::SitePolicy::default();
    for setting in Setting::all() {
        let value = setting.write(&new);
        let value = if value.is_empty() { "none".to_owned() } else { value };
        text.push_str(&format!("| `{}` | `{value}` | `{}` |\n", setting.key(), proof(setting)));
    }
    text
}

#[test]
fn every_setting_has_its_proof() {
    for setting in Setting::all() {
        let test = format!("fn {}()", proof(setting));
        let found = SOURCES.iter().any(|source| {
            let at = source.find(&test);
            at.is_some_and(|at| source[..at].trim_end_matches("async ").trim_end().ends_with("test]"))
        });
        assert!(found, "{}: there is no test {test}", setting.key());
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/policy.md");
    #[expect(clippy::disallowed_methods, reason = "golden files are written anew on demand")]
    if std::env::var("UPDATE_GOLDEN").is_ok() {
        std::fs::write(path, document()).expect("the document can be written");
    }
    assert_eq!(
        std::fs::read_to_string(path).unwrap_or_default(),
        document(),
        "docs/policy.md is not what the code says"
    );
}
