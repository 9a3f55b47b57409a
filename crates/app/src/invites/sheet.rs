//! The sheet of people to be invited: address, names, role.

use domain::{Email, InviteRole, ItemKind, SitePolicy};

use super::check::{self, Person};
use crate::Error;
use crate::sheet::{self, Cells, Checked, Column, Kind, Names, Row, Wrong, is_formula, split_name};

const KIND: Kind = Kind {
    plain: &[Column::Email, Column::FirstName, Column::LastName, Column::Role],
    named: &[Column::Name],
};

/// What columns of such a sheet may mean.
pub fn sheet_columns() -> impl Iterator<Item = Column> {
    KIND.all()
}

/// A row that can be invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodRow {
    /// The line it begins on, counted from 1.
    pub row: u64,
    /// The address as it will be compared, its domain in ASCII: a look-alike domain shows here.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// The role.
    pub role: InviteRole,
}

/// Somebody to be invited, with the role of their row.
#[derive(Clone)]
pub(super) struct Wanted {
    pub(super) person: Person,
    pub(super) role: InviteRole,
}

pub(super) type Sheet = sheet::Sheet<Wanted>;
pub(super) type SheetRow = Row<Wanted>;

impl Wanted {
    pub(super) fn shown(&self, row: u64) -> GoodRow {
        GoodRow {
            row,
            email: self.person.email.as_str().to_owned(),
            first_name: self.person.first_name.as_str().to_owned(),
            last_name: self.person.last_name.as_str().to_owned(),
            role: self.role,
        }
    }
}

/// Reads and checks a sheet; rows without a role of their own get `role`.
pub(super) fn read(
    text: &str,
    names: &Names,
    role: InviteRole,
    kind: ItemKind,
    policy: &SitePolicy,
) -> Result<Sheet, Error> {
    let check = |cells: &Cells| checked(cells, role, kind, policy);
    sheet::read(text, &KIND, names, check, |wanted: &Wanted| &wanted.person.email)
}

fn checked(
    cells: &Cells,
    default_role: InviteRole,
    kind: ItemKind,
    policy: &SitePolicy,
) -> Result<Checked<Wanted>, Wrong> {
    let mut wrong = Wrong::new();
    let Cells { email, first_name, last_name, name, role, .. } = cells;
    for (field, name) in [("first_name", first_name), ("last_name", last_name), ("name", name)] {
        if is_formula(name) {
            wrong.push((field, "name_formula"));
        }
    }
    let (first, last) = if first_name.is_empty() && last_name.is_empty() {
        split_name(name)
    } else {
        (first_name.clone(), last_name.clone())
    };
    let role = match &**role {
        "" => Ok(default_role),
        text => check::role(&text.to_lowercase(), kind).map_err(|code| wrong.push(("role", code))),
    };
    match (check::person(email, &first, &last, policy), role) {
        (Ok(person), Ok(role)) if wrong.is_empty() => Ok(Checked::Good(Wanted { person, role })),
        (person, role) => {
            let fields = person.err().into_iter().flatten().map(|wrong| (wrong.field, wrong.code));
            wrong.extend(fields);
            let lacks_name = wrong.iter().all(|(_, code)| *code == "name_required");
            match Email::new(email) {
                Ok(email) if lacks_name && role.is_ok() => Ok(Checked::NoName(email, first, last)),
                _ => Err(wrong),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::ROWS_MOST;

    fn sheet_for(text: &str, kind: ItemKind, policy: &SitePolicy) -> Sheet {
        read(text, &Names::new(), InviteRole::Viewer, kind, policy).expect("a sheet")
    }

    fn sheet_of(text: &str) -> Sheet {
        sheet_for(text, ItemKind::Video, &SitePolicy::default())
    }

    fn good(sheet: &Sheet) -> Vec<String> {
        let rows = sheet.good.iter().map(|one| one.person.shown(one.row));
        rows.map(|r| format!("{} {} {} {} {}", r.row, r.email, r.first_name, r.last_name, r.role)).collect()
    }

    fn bad(sheet: &Sheet) -> Vec<(u64, &'static str, &'static str)> {
        sheet.bad.iter().map(|bad| (bad.row, bad.field, bad.code)).collect()
    }

    #[test]
    fn what_spreadsheets_do_is_forgiven() {
        for text in [
            "anna@example.org,Anna,Levi\nben@example.org,Ben,Katz",
            "\u{feff}anna@example.org;Anna;Levi\r\nben@example.org;Ben;Katz\r\n",
            "anna@example.org\tAnna\tLevi\t\nben@example.org\tBen\tKatz\tviewer",
            "\"anna@example.org\",\"Anna\",\"Levi\"\nben@example.org , Ben ,\"Katz\",,, ,",
            " Anna@Example.org , Anna , Levi , VIEWER \n ben@example.org,Ben,Katz,,",
        ] {
            let sheet = sheet_of(text);
            let expected = ["1 anna@example.org Anna Levi viewer", "2 ben@example.org Ben Katz viewer"];
            assert_eq!(good(&sheet), expected, "{text:?}: {:?}", bad(&sheet));
        }
        let sheet =
            sheet_of("\u{feff}anna@example.org;Anna;Levi\r\n\r\n;;\r\nben@example.org;Ben;\"Katz; Jr\"\r\n");
        assert_eq!(
            good(&sheet),
            ["1 anna@example.org Anna Levi viewer", "4 ben@example.org Ben Katz; Jr viewer"]
        );
        assert_eq!((sheet.rows, bad(&sheet)), (2, vec![]));
    }

    #[test]
    fn a_header_row_orders_the_columns() {
        let sheet = sheet_of("Last name;First name;Team;E-Mail\nLevi;Anna;A;anna@example.org\n");
        assert_eq!(good(&sheet), ["2 anna@example.org Anna Levi viewer"]);
        let hebrew = "אימייל,שם פרטי,שם משפחה\ndana@example.org,דנה,לוי\n";
        assert_eq!(good(&sheet_of(hebrew)), ["2 dana@example.org דנה לוי viewer"]);
        // A first row that is neither a header nor a person is told.
        assert_eq!(bad(&sheet_of("People\nanna@example.org,Anna,Levi\n"))[0].0, 1);
    }

    #[test]
    fn every_bad_row_is_told_with_its_field() {
        let text = "anna@example.org,Anna,Levi\n\
            no address,Ben,Katz\n\
            cy@example.org,=HYPERLINK(\"http://evil.example\"),Katz\n\
            dan@example.org,Dan,@SUM(A1)\n\
            eve@example.org,-2+3,+1\n\
            fay@example.org,,Katz\n\
            ANNA@example.org,Anna,Levi\n\
            gil@example.org,Gil,Katz,moderator\n\
            hal@example.org,Hal,Katz,king\n\
            ida@example.org,Levi, Ida,viewer,more\n";
        let sheet = sheet_of(text);
        assert_eq!(good(&sheet), ["1 anna@example.org Anna Levi viewer"]);
        assert_eq!(
            bad(&sheet),
            [
                (2, "email", "email_invalid"),
                (3, "first_name", "name_formula"),
                (4, "last_name", "name_formula"),
                (5, "first_name", "name_formula"),
                (5, "last_name", "name_formula"),
                (7, "email", "duplicate"),
                (8, "role", "role_not_for_kind"),
                (9, "role", "role_unknown"),
                (10, "row", "too_many_cells"),
            ]
        );
        assert_eq!(sheet.rows, 10);
        let waiting = &sheet.waiting[0];
        assert_eq!((waiting.row, &*waiting.email, &*waiting.last_name), (6, "fay@example.org", "Katz"));
    }

    #[test]
    fn rooms_take_roles_from_the_sheet() {
        let sheet =
            sheet_for("a@b.example,A,B,moderator\nc@b.example,C,D", ItemKind::Room, &SitePolicy::default());
        assert_eq!(good(&sheet), ["1 a@b.example A B moderator", "2 c@b.example C D viewer"]);
    }

    #[test]
    fn look_alike_and_blocked_domains_show() {
        let policy = SitePolicy { blocked_domains: vec!["bad.example".into()], ..SitePolicy::default() };
        // The first letter of the domain is Cyrillic.
        let text = "anna@\u{430}pple.com,Anna,Levi\nben@deep.bad.example,Ben,Katz";
        let sheet = sheet_for(text, ItemKind::Video, &policy);
        assert_eq!(good(&sheet), ["1 anna@xn--pple-43d.com Anna Levi viewer"]);
        assert_eq!(bad(&sheet), [(2, "email", "domain_refused")]);
    }

    #[test]
    fn an_open_quote_is_told_and_nothing_is_read_beyond_the_limit() {
        let sheet =
            sheet_of("anna@example.org,Anna,Levi\nben@example.org,\"Ben,Katz\ncy@example.org,Cy,Katz\n");
        let others = ["1 anna@example.org Anna Levi viewer", "3 cy@example.org Cy Katz viewer"];
        assert_eq!(good(&sheet), others);
        assert_eq!(bad(&sheet), [(2, "row", "quote_open")]);
        // In a table with a head, cells may hold line breaks, so there it swallows what follows, and that is told.
        let sheet = sheet_of("email,first,last\nben@example.org,\"Ben,Katz\ncy@example.org,Cy,Katz\n");
        assert_eq!((good(&sheet), bad(&sheet)), (vec![], vec![(2, "row", "quote_open")]));
        let code = |text: &str| match read(
            text,
            &Names::new(),
            InviteRole::Viewer,
            ItemKind::Video,
            &SitePolicy::default(),
        ) {
            Err(Error::Invalid(fields)) => fields[0].code,
            _ => "",
        };
        assert_eq!(code("\u{feff}\r\n ;; \n"), "text_required");
        assert_eq!(code(&"a@b.example,A,B\n".repeat(ROWS_MOST + 1)), "too_many_rows");
    }
}
