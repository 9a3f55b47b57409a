//! The sheet of people who are to become members: address, name or names, site role, groups.

use std::collections::{BTreeSet, HashMap};

use domain::{Email, GroupId, PersonName, SiteRole};
use store::group::Group;

use crate::Error;
use crate::accounts::{email_code, name_code};
use crate::sheet::{self, Cells, Checked, Column, Kind, Names, Row, Wrong, is_formula, split_name};

/// A display name is found by its head alone; a sheet without one has first and last name.
const KIND: Kind = Kind {
    plain: &[Column::Email, Column::FirstName, Column::LastName, Column::Role, Column::Groups],
    named: &[Column::Name],
};

/// What columns of such a sheet may mean.
pub fn import_columns() -> impl Iterator<Item = Column> {
    KIND.all()
}

/// A row that can become a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// The line it begins on, counted from 1.
    pub row: u64,
    /// The address as it will be compared, its domain in ASCII.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Site role.
    pub role: SiteRole,
    /// Names of groups.
    pub groups: Vec<String>,
}

/// Somebody who is to become a member.
#[derive(Debug, Clone)]
pub(super) struct Newcomer {
    pub(super) email: Email,
    pub(super) name: PersonName,
    pub(super) role: SiteRole,
    pub(super) groups: BTreeSet<GroupId>,
}

pub(super) type Sheet = sheet::Sheet<Newcomer>;
pub(super) type SheetRow = Row<Newcomer>;

/// The site's groups, as sheets name them.
pub(super) struct KnownGroups {
    by_name: HashMap<String, GroupId>,
    names: HashMap<GroupId, String>,
}

impl KnownGroups {
    pub(super) fn new(groups: Vec<Group>) -> Self {
        let by_name = groups.iter().rev().map(|group| (group.name.to_lowercase(), group.id)).collect();
        Self { by_name, names: groups.into_iter().map(|group| (group.id, group.name)).collect() }
    }

    fn find(&self, name: &str) -> Option<GroupId> {
        self.by_name.get(&name.trim().to_lowercase()).copied()
    }

    /// One group, or several with `|`, `;` or commas between them.
    fn read(&self, cell: &str) -> Result<BTreeSet<GroupId>, &'static str> {
        // A name may have a comma in it.
        if let Some(one) = self.find(cell) {
            return Ok(BTreeSet::from([one]));
        }
        let names = cell.split(['|', ';', ',']).filter(|name| !name.trim().is_empty());
        names.map(|name| self.find(name).ok_or("no_such_group")).collect()
    }

    pub(super) fn shown(&self, row: &SheetRow) -> ImportRow {
        let Newcomer { email, name, role, groups } = &row.person;
        ImportRow {
            row: row.row,
            email: email.as_str().to_owned(),
            name: name.as_str().to_owned(),
            role: *role,
            groups: groups.iter().filter_map(|id| self.names.get(id).cloned()).collect(),
        }
    }
}

/// Reads and checks a sheet; rows without a role of their own get `role`.
pub(super) fn read(text: &str, names: &Names, role: SiteRole, groups: &KnownGroups) -> Result<Sheet, Error> {
    let check = |cells: &Cells| checked(cells, role, groups);
    sheet::read(text, &KIND, names, check, |newcomer: &Newcomer| &newcomer.email)
}

fn checked(cells: &Cells, default_role: SiteRole, groups: &KnownGroups) -> Result<Checked<Newcomer>, Wrong> {
    let mut wrong = Wrong::new();
    let Cells { email, first_name, last_name, name, role, groups: group } = cells;
    for (field, cell) in [("first_name", first_name), ("last_name", last_name), ("name", name)] {
        if is_formula(cell) {
            wrong.push((field, "name_formula"));
        }
    }
    let whole = if name.is_empty() { format!("{first_name} {last_name}") } else { name.clone() };
    let email = Email::new(email).map_err(|error| wrong.push(("email", email_code(error))));
    let name = PersonName::new(&whole).map_err(|error| wrong.push(("name", name_code(error))));
    let role = match &**role {
        "" => Ok(default_role),
        text => site_role(text).map_err(|code| wrong.push(("role", code))),
    };
    let groups = groups.read(group).map_err(|code| wrong.push(("groups", code)));
    match (email, name, role, groups) {
        (Ok(email), Ok(name), Ok(role), Ok(groups)) if wrong.is_empty() => {
            Ok(Checked::Good(Newcomer { email, name, role, groups }))
        }
        (Ok(email), ..) if matches!(&*wrong, [("name", "name_required")]) => {
            let (first, last) = split_name(&whole);
            Ok(Checked::NoName(email, first, last))
        }
        _ => Err(wrong),
    }
}

/// The code of a role as people write it: `Private only` is `private_only`.
fn site_role(text: &str) -> Result<SiteRole, &'static str> {
    text.to_lowercase().replace([' ', '-'], "_").parse().map_err(|_| "role_unknown")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups() -> KnownGroups {
        let group = |number: u8, name: &str| Group {
            id: GroupId::from_bytes([number; 16]),
            name: name.into(),
            members: 0,
        };
        KnownGroups::new(vec![group(1, "Teachers"), group(2, "Year 9, blue"), group(3, "Parents")])
    }

    fn good(text: &str) -> Vec<String> {
        let groups = groups();
        let sheet = read(text, &Names::new(), SiteRole::Viewer, &groups).expect("a sheet");
        assert!(sheet.bad.is_empty(), "{:?}", sheet.bad);
        let rows = sheet.good.iter().map(|row| groups.shown(row));
        rows.map(|r| format!("{} {} {} {} {}", r.row, r.email, r.name, r.role, r.groups.join("+"))).collect()
    }

    #[test]
    fn names_come_in_one_column_or_two_and_groups_by_name() {
        assert_eq!(
            good("\u{feff}anna@example.org;Anna;Levi;Private only;Teachers\r\nben@example.org;Ben Katz\r\n"),
            ["1 anna@example.org Anna Levi private_only Teachers", "2 ben@example.org Ben Katz viewer "]
        );
        let text = "Display name,E-mail,Groups\nCy Bar,cy@example.org,\"teachers, PARENTS\"\nDi,di@example.org,\"Year 9, blue\"\n";
        assert_eq!(
            good(text),
            ["2 cy@example.org Cy Bar viewer Teachers+Parents", "3 di@example.org Di viewer Year 9, blue"]
        );
        assert_eq!(
            good("אימייל,שם מלא,תפקיד,קבוצות\nnoa@example.org,נועה שטרן,viewer,Teachers|Teachers\n"),
            ["2 noa@example.org נועה שטרן viewer Teachers"]
        );
    }

    #[test]
    fn every_bad_row_is_told_with_its_field() {
        let text = "anna@example.org,Anna,Levi\n\
            nobody,Ben,Katz\n\
            cy@example.org,=1+1,Katz\n\
            dan@example.org,,\n\
            eve@example.org,Eve,Katz,king\n\
            fay@example.org,Fay,Katz,viewer,Nobody\n\
            Anna@Example.org,Anna,Levi\n\
            gil@example.org,Gil,Katz,viewer,Teachers,more\n\
            x,-,,none,none\n";
        let sheet = read(text, &Names::new(), SiteRole::Viewer, &groups()).expect("a sheet");
        let bad: Vec<_> = sheet.bad.iter().map(|bad| (bad.row, bad.field, bad.code)).collect();
        assert_eq!(
            bad,
            [
                (2, "email", "email_invalid"),
                (3, "first_name", "name_formula"),
                (5, "role", "role_unknown"),
                (6, "groups", "no_such_group"),
                (7, "email", "duplicate"),
                (8, "row", "too_many_cells"),
                (9, "first_name", "name_formula"),
                (9, "email", "email_invalid"),
                (9, "role", "role_unknown"),
                (9, "groups", "no_such_group"),
            ]
        );
        assert_eq!((sheet.rows, sheet.good.len()), (9, 1));
        assert_eq!((sheet.waiting.len(), sheet.waiting[0].row), (1, 4), "a name can be typed yet");
    }
}
