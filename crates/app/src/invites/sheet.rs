//! Pasted lines or a CSV file of people, read as far as it can be: every bad row is told, none stops the rest.
//!
//! What spreadsheets do is forgiven (BOM, semicolons or tabs, quotes, CRLF, a header row, empty rows); what would
//! hurt whoever opens a list of names in one later, formulas, is refused.

use std::collections::HashSet;

use domain::{InviteRole, ItemKind, SitePolicy};

use super::check::{self, Person};
use crate::Error;
use crate::error::BadRow;

/// Rows at most.
pub(super) const ROWS_MOST: usize = 10_000;

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
    /// The role's code.
    pub role: &'static str,
}

/// One person of the sheet.
#[derive(Clone)]
pub(super) struct SheetRow {
    pub(super) row: u64,
    pub(super) person: Person,
    pub(super) role: InviteRole,
}

impl SheetRow {
    pub(super) fn shown(&self) -> GoodRow {
        GoodRow {
            row: self.row,
            email: self.person.email.as_str().to_owned(),
            first_name: self.person.first_name.as_str().to_owned(),
            last_name: self.person.last_name.as_str().to_owned(),
            role: self.role.code(),
        }
    }
}

/// A whole sheet, checked.
#[derive(Default)]
pub(super) struct Sheet {
    pub(super) good: Vec<SheetRow>,
    pub(super) bad: Vec<BadRow>,
    /// Rows with somebody on them, good or bad.
    pub(super) rows: usize,
}

/// Where each field stands in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Columns {
    email: usize,
    first_name: Option<usize>,
    last_name: Option<usize>,
    role: Option<usize>,
    by_header: bool,
}

const PLAIN: Columns =
    Columns { email: 0, first_name: Some(1), last_name: Some(2), role: Some(3), by_header: false };

/// Reads and checks a sheet; rows without a role of their own get `role`.
pub(super) fn read(
    text: &str,
    role: InviteRole,
    kind: ItemKind,
    policy: &SitePolicy,
) -> Result<Sheet, Error> {
    let text = without_preamble(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let (mut sheet, mut seen, mut columns) = (Sheet::default(), HashSet::new(), None);
    let mut lines = Lines { text, at: 0, line: 1 };
    for record in reader.records() {
        let record = record.map_err(|_| Error::invalid("text", "text_unreadable"))?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let columns = match columns {
            Some(columns) => columns,
            None => match header(&record) {
                Some(found) => {
                    columns = Some(found);
                    continue;
                }
                None => *columns.insert(PLAIN),
            },
        };
        sheet.rows += 1;
        if sheet.rows > ROWS_MOST {
            return Err(Error::invalid("text", "too_many_rows"));
        }
        let row = lines.line_at(record.position().map_or(0, csv::Position::byte));
        match checked(&record, columns, role, kind, policy) {
            Err(wrong) => {
                sheet.bad.extend(wrong.into_iter().map(|(field, code)| BadRow { row, field, code }));
            }
            Ok((person, _)) if !seen.insert(person.email.clone()) => {
                sheet.bad.push(BadRow { row, field: "email", code: "duplicate" });
            }
            Ok((person, role)) => sheet.good.push(SheetRow { row, person, role }),
        }
    }
    if sheet.rows == 0 { Err(Error::invalid("text", "text_required")) } else { Ok(sheet) }
}

/// Counts lines as a reader of the sheet does; the reader's own count leaves out empty ones and halves CRLF.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record that begins at or right behind this byte. Asked in rising order.
    fn line_at(&mut self, byte: u64) -> u64 {
        let bytes = self.text.as_bytes();
        let mut begin = usize::try_from(byte).unwrap_or(usize::MAX).clamp(self.at, bytes.len());
        while bytes.get(begin).is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            begin += 1;
        }
        self.line += bytes[self.at..begin].iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = begin;
        self.line
    }
}

/// Without a byte order mark.
fn without_preamble(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// What stands between the cells of the first line that has any; commas when there is but one cell.
fn delimiter(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let (mut counts, mut quoted) = ([(b'\t', 0), (b';', 0), (b',', 0)], false);
    for byte in line.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(mark, _)| *mark == byte && !quoted) {
            *count += 1;
        }
    }
    // Of equals the last one wins: a comma.
    counts.into_iter().max_by_key(|(_, count)| *count).map_or(b',', |(mark, _)| mark)
}

/// The columns that a header row names; none when the row is no header.
fn header(record: &csv::StringRecord) -> Option<Columns> {
    if record.iter().any(|cell| cell.contains('@')) {
        return None;
    }
    let names: Vec<String> = record.iter().map(plain_letters).collect();
    let find = |known: &[&str]| names.iter().position(|name| known.contains(&&**name));
    Some(Columns {
        email: find(&["email", "emailaddress", "mail", "address", "אימייל", "דואל", "כתובתדואל"])?,
        first_name: find(&["first", "firstname", "givenname", "forename", "שםפרטי"]),
        last_name: find(&["last", "lastname", "surname", "familyname", "שםמשפחה"]),
        role: find(&["role", "תפקיד"]),
        by_header: true,
    })
}

fn plain_letters(cell: &str) -> String {
    cell.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

type Wrong = Vec<(&'static str, &'static str)>;

fn checked(
    record: &csv::StringRecord,
    columns: Columns,
    default_role: InviteRole,
    kind: ItemKind,
    policy: &SitePolicy,
) -> Result<(Person, InviteRole), Wrong> {
    // A quote that nobody closed swallows the lines after it.
    if record.iter().any(|cell| cell.contains('\n')) {
        return Err(vec![("row", "quote_open")]);
    }
    if !columns.by_header && record.iter().skip(4).any(|cell| !cell.trim().is_empty()) {
        return Err(vec![("row", "too_many_cells")]);
    }
    let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default().trim();
    let mut wrong = Wrong::new();
    let (first, last) = (cell(columns.first_name), cell(columns.last_name));
    for (field, name) in [("first_name", first), ("last_name", last)] {
        if name.starts_with(['=', '+', '-', '@']) {
            wrong.push((field, "name_formula"));
        }
    }
    let role = match cell(columns.role) {
        "" => Ok(default_role),
        text => check::role(&text.to_lowercase(), kind).map_err(|code| wrong.push(("role", code))),
    };
    match (check::person(cell(Some(columns.email)), first, last, policy), role) {
        (Ok(person), Ok(role)) if wrong.is_empty() => Ok((person, role)),
        (person, _) => {
            let fields = person.err().into_iter().flatten().map(|wrong| (wrong.field, wrong.code));
            wrong.extend(fields);
            Err(wrong)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet_for(text: &str, kind: ItemKind, policy: &SitePolicy) -> Sheet {
        read(text, InviteRole::Viewer, kind, policy).expect("a sheet")
    }

    fn sheet_of(text: &str) -> Sheet {
        sheet_for(text, ItemKind::Video, &SitePolicy::default())
    }

    fn good(sheet: &Sheet) -> Vec<String> {
        let rows = sheet.good.iter().map(SheetRow::shown);
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
            ida@example.org,Levi, Ida,viewer,more\n\
            jon@example.org,Jo\u{202e}n,Katz\n";
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
                (6, "first_name", "name_required"),
                (7, "email", "duplicate"),
                (8, "role", "role_not_for_kind"),
                (9, "role", "role_unknown"),
                (10, "row", "too_many_cells"),
                (11, "first_name", "name_control"),
            ]
        );
        assert_eq!(sheet.rows, 11);
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
        assert_eq!(good(&sheet), ["1 anna@example.org Anna Levi viewer"]);
        assert_eq!(bad(&sheet), [(2, "row", "quote_open")]);
        let code = |text: &str| match read(text, InviteRole::Viewer, ItemKind::Video, &SitePolicy::default())
        {
            Err(Error::Invalid(fields)) => fields[0].code,
            _ => "",
        };
        assert_eq!(code("\u{feff}\r\n ;; \n"), "text_required");
        assert_eq!(code(&"a@b.example,A,B\n".repeat(ROWS_MOST + 1)), "too_many_rows");
    }
}
