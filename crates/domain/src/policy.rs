//! Site policy: the "invite to media" module (access.md 2).

use crate::SiteRole;

/// The site's settings for both doors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitePolicy {
    /// The module. Off: links lead to the denied page and open viewings end; nothing is deleted.
    pub enabled: bool,
    /// The lowest site role that may make guest links.
    pub guest_links_from: SiteRole,
    /// How many guest links an item may have, 1 to 3.
    pub guest_links_per_item: u8,
    /// Days after which guests' names and addresses are erased, counted from the end of their last right.
    pub retention_days: u16,
    /// Whether the domain lists hold for guests too.
    pub domains_for_guests: bool,
    /// Refused domains, sub-domains included.
    pub blocked_domains: Vec<String>,
    /// When not empty, the only admitted domains, sub-domains included.
    pub allowed_domains: Vec<String>,
}

impl Default for SitePolicy {
    fn default() -> Self {
        Self {
            enabled: true,
            guest_links_from: SiteRole::PrivateOnly,
            guest_links_per_item: 3,
            retention_days: 365,
            domains_for_guests: false,
            blocked_domains: Vec::new(),
            allowed_domains: Vec::new(),
        }
    }
}

impl SitePolicy {
    /// Whether a person with an address at `domain` (lower case, IDNA) may enter. Blocked always wins.
    pub fn admits_domain(&self, domain: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|entry| is_at_or_below(domain, entry));
        !named(&self.blocked_domains) && (self.allowed_domains.is_empty() || named(&self.allowed_domains))
    }
}

fn is_at_or_below(domain: &str, entry: &str) -> bool {
    domain == entry || domain.strip_suffix(entry).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocked_wins_and_sub_domains_count() {
        let mut policy = SitePolicy { blocked_domains: vec!["bad.example".into()], ..SitePolicy::default() };
        assert!(!policy.admits_domain("bad.example"));
        assert!(!policy.admits_domain("deep.bad.example"));
        assert!(policy.admits_domain("notbad.example"));
        policy.allowed_domains = vec!["bad.example".into(), "good.example".into()];
        assert!(!policy.admits_domain("bad.example"));
        assert!(policy.admits_domain("a.good.example"));
        assert!(!policy.admits_domain("other.example"));
    }
}
