//! What the heads of tables call their columns, in the languages and programs that people bring lists from.

use csv::StringRecord;

use super::Kind;

const EMAIL: &[&str] = &[
    "email",
    "emailaddress",
    "mail",
    "address",
    "mailaddress",
    "useremail",
    "primaryemail",
    "email1",
    "email1value",
    "upn",
    "userprincipalname",
    "emailadresse",
    "mailadresse",
    "adresseemail",
    "courriel",
    "adressecourriel",
    "adressemail",
    "correo",
    "correoelectronico",
    "correoelectrónico",
    "indirizzoemail",
    "postaelettronica",
    "emailadres",
    "endereçodeemail",
    "почта",
    "электроннаяпочта",
    "البريدالإلكتروني",
    "אימייל",
    "דואל",
    "כתובתדואל",
    "כתובתאימייל",
    "כתובתמייל",
    "מייל",
    "דוארקטרוני",
    "דואראלקטרוני",
];
const FIRST_NAME: &[&str] = &[
    "first",
    "firstname",
    "givenname",
    "forename",
    "vorname",
    "rufname",
    "prénom",
    "prenom",
    "nombre",
    "voornaam",
    "nome",
    "imię",
    "имя",
    "الاسمالأول",
    "שםפרטי",
    "פרטי",
];
const LAST_NAME: &[&str] = &[
    "last",
    "lastname",
    "surname",
    "familyname",
    "nachname",
    "familienname",
    "zuname",
    "nomdefamille",
    "apellido",
    "apellidos",
    "achternaam",
    "cognome",
    "sobrenome",
    "apelido",
    "nazwisko",
    "фамилия",
    "اسمالعائلة",
    "שםמשפחה",
    "משפחה",
];
const NAME: &[&str] = &[
    "name",
    "displayname",
    "fullname",
    "username",
    "nameoriginalname",
    "participant",
    "participantname",
    "anzeigename",
    "vollständigername",
    "nom",
    "nomcomplet",
    "nombrecompleto",
    "nomecompleto",
    "naam",
    "фио",
    "الاسم",
    "שם",
    "שםמלא",
    "שםתצוגה",
];
const ROLE: &[&str] = &["role", "siterole", "rolle", "rôle", "rol", "ruolo", "תפקיד"];
const GROUPS: &[&str] = &["group", "groups", "gruppe", "gruppen", "groupe", "grupo", "קבוצה", "קבוצות"];

/// What a column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// Address.
    Email,
    /// First name.
    FirstName,
    /// Last name.
    LastName,
    /// First and last name in one.
    Name,
    /// Role.
    Role,
    /// Groups.
    Groups,
}

/// A column of a sheet's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundColumn {
    /// As it stands there.
    pub title: String,
    /// What it is taken for; none: it is not used.
    pub meaning: Option<Column>,
}

impl Column {
    /// The code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Name => "name",
            Self::Role => "role",
            Self::Groups => "groups",
        }
    }

    /// What a head may call it, in plain letters.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Email => EMAIL,
            Self::FirstName => FIRST_NAME,
            Self::LastName => LAST_NAME,
            Self::Name => NAME,
            Self::Role => ROLE,
            Self::Groups => GROUPS,
        }
    }

    /// What stands within names that are longer, such as "Work e-mail (private)".
    const fn parts(self) -> &'static [&'static str] {
        match self {
            Self::Email => &["email", "mailadress", "courriel", "correo", "дрес", "דואל", "אימייל"],
            Self::FirstName => &["firstname", "givenname", "vorname", "prénom", "שםפרטי"],
            Self::LastName => &["lastname", "surname", "familyname", "nachname", "שםמשפחה"],
            Self::Name => &["fullname", "displayname", "שםמלא"],
            Self::Role | Self::Groups => &[],
        }
    }
}

fn plain_letters(cell: &str) -> String {
    cell.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What the columns of a head mean; none when the record is no head. `next` is the record below it: the column of
/// addresses may be found by what stands in it.
pub(super) fn read_head(record: &StringRecord, next: &StringRecord, kind: &Kind) -> Option<Vec<FoundColumn>> {
    if record.iter().any(|cell| cell.contains('@')) {
        return None;
    }
    let titles: Vec<String> = record.iter().map(plain_letters).collect();
    let mut meanings: Vec<Option<Column>> = vec![None; titles.len()];
    let mut give = |column: Column, fits: &dyn Fn(&str) -> bool| {
        let free = |(at, title): (usize, &String)| (meanings[at].is_none() && fits(title)).then_some(at);
        if meanings.contains(&Some(column)) {
            return;
        }
        if let Some(at) = titles.iter().enumerate().find_map(free) {
            meanings[at] = Some(column);
        }
    };
    for column in kind.all() {
        give(column, &|title| column.names().contains(&title));
    }
    for column in kind.all() {
        give(column, &|title| column.parts().iter().any(|part| title.contains(part)));
    }
    let is_named = meanings.iter().any(Option::is_some);
    if !meanings.contains(&Some(Column::Email)) {
        // Not named as we know it: it is the one with an address below, where the two rows look like one table.
        let at = next.iter().position(|cell| cell.contains('@'))?;
        let is_table = is_named || (record.len() > 1 && record.len() == next.len());
        *meanings.get_mut(at).filter(|_| is_table)? = Some(Column::Email);
    }
    one_name_of_two(&mut meanings);
    let title =
        |(cell, meaning): (&str, Option<Column>)| FoundColumn { title: cell.trim().to_owned(), meaning };
    Some(record.iter().zip(meanings).map(title).collect())
}

/// Where one of the two names has a column and the other is only called "name", that is the other: "Vorname; Name".
fn one_name_of_two(meanings: &mut [Option<Column>]) {
    let has = |column| meanings.contains(&Some(column));
    let other = match (has(Column::FirstName), has(Column::LastName)) {
        (true, false) => Column::LastName,
        (false, true) => Column::FirstName,
        _ => return,
    };
    if let Some(name) = meanings.iter_mut().find(|meaning| **meaning == Some(Column::Name)) {
        *name = Some(other);
    }
}
