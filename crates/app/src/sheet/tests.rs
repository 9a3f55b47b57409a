//! Lists as programs write them: who is found in them, by which names, and what is told of the rest.

use super::*;

const KIND: Kind = Kind {
    plain: &[Column::Email, Column::FirstName, Column::LastName, Column::Role],
    named: &[Column::Name],
};

/// Everybody in a text, each as `row address|first|last`.
fn people(text: &str) -> Vec<String> {
    let pieces = pieces(text, &KIND).expect("a sheet").people;
    let shown = |piece: Piece| {
        let row = piece.row;
        piece.cells.map_or_else(
            |wrong| format!("{row} {}", wrong[0].1),
            |cells| {
                let Cells { email, first_name, last_name, name, .. } = cells;
                let (first, last) = if first_name.is_empty() && last_name.is_empty() {
                    split_name(&name)
                } else {
                    (first_name, last_name)
                };
                format!("{row} {email}|{first}|{last}")
            },
        )
    };
    pieces.into_iter().map(shown).collect()
}

fn columns(text: &str) -> Vec<String> {
    let columns = pieces(text, &KIND).expect("a sheet").columns;
    columns.iter().map(|one| format!("{}={}", one.title, one.meaning.map_or("-", Column::code))).collect()
}

#[test]
fn an_address_in_a_names_place_is_one_person_more() {
    let three = ["1 anna@x.example||", "1 ben@x.example||", "1 cora@x.example||"];
    for text in [
        "anna@x.example; ben@x.example; cora@x.example",
        "anna@x.example;ben@x.example;cora@x.example;",
        "anna@x.example, ben@x.example, cora@x.example",
        "anna@x.example,ben@x.example;cora@x.example",
        "anna@x.example ben@x.example cora@x.example",
        "anna@x.example\tben@x.example\tcora@x.example",
        "anna@x.example, ben@x.example cora@x.example",
        "<anna@x.example>; <ben@x.example>; <cora@x.example>",
        "<anna@x.example> <ben@x.example> <cora@x.example>",
        "To: anna@x.example; ben@x.example; cora@x.example",
        "mailto:anna@x.example; mailto:ben@x.example; 'cora@x.example'",
        "\"anna@x.example\" <anna@x.example>; ben@x.example <ben@x.example>; cora@x.example",
    ] {
        assert_eq!(people(text), three, "{text}");
    }
    assert_eq!(
        people("anna@x.example;Anna;Levi;ben@x.example;Ben;Katz"),
        ["1 anna@x.example|Anna|Levi", "1 ben@x.example|Ben|Katz"]
    );
    assert_eq!(
        people("email,first name,last name\nanna@x.example,ben@x.example,cora@x.example\n"),
        ["2 anna@x.example||", "2 ben@x.example||", "2 cora@x.example||"]
    );
    assert_eq!(
        people("email;name\n\"anna@x.example, ben@x.example\";\n"),
        ["2 anna@x.example||", "2 ben@x.example||"]
    );
}

#[test]
fn names_beside_addresses_are_read_as_mail_programs_write_them() {
    let two = ["1 anna@x.example|Anna|Levi", "1 ben@x.example|Ben|"];
    for text in [
        "\"Levi, Anna\" <anna@x.example>; Ben <ben@x.example>",
        "Levi, Anna <anna@x.example>; Ben <ben@x.example>",
        "Anna Levi <anna@x.example>, Ben <ben@x.example>",
        "\"Levi, Anna\" <anna@x.example>, \"Ben\" <ben@x.example>",
        "Levi, Anna <anna@x.example>, Ben <ben@x.example>",
        "Anna Levi <anna@x.example>;Ben<ben@x.example>;",
        "'Anna Levi' <mailto:anna@x.example>; Ben <ben@x.example>",
        "anna@x.example (Anna Levi), ben@x.example (Ben)",
        "Anna Levi anna@x.example, Ben ben@x.example",
        "To: Anna Levi <anna@x.example>; Ben <ben@x.example>",
    ] {
        assert_eq!(people(text), two, "{text}");
    }
    assert_eq!(
        people("Anna Maria Levi <anna@x.example>\nben@x.example\n\nKatz, Cora <cora@x.example>\n"),
        ["1 anna@x.example|Anna Maria|Levi", "2 ben@x.example||", "4 cora@x.example|Cora|Katz"]
    );
    assert_eq!(people("Anna;Levi;anna@x.example\n"), ["1 anna@x.example|Anna|Levi"]);
    assert_eq!(people("Anna Levi;anna@x.example\n"), ["1 anna@x.example|Anna|Levi"]);
}

#[test]
fn what_is_no_address_in_a_list_is_told_by_itself() {
    assert_eq!(
        people("anna@x.example; ben@; cora@x.example"),
        ["1 anna@x.example||", "1 ben@||", "1 cora@x.example||"]
    );
    let pieces = pieces("Anna <anna@x.example>; Ben Katz; cora@x.example", &KIND).expect("a sheet").people;
    let parts: Vec<_> = pieces.iter().filter_map(|piece| piece.part.as_deref()).collect();
    assert_eq!(parts, ["Anna <anna@x.example>", "Ben Katz", "cora@x.example"]);
}

#[test]
fn heads_of_programs_say_what_the_columns_are() {
    let anna = "2 anna@x.example|Anna|Levi";
    for text in [
        "E-Mail;Vorname;Nachname\nanna@x.example;Anna;Levi\n",
        "Vorname;Name;E-Mail-Adresse\nAnna;Levi;anna@x.example\n",
        "Full Name,User Email\nAnna Levi,anna@x.example\n",
        "Full Name,User Email\n\"Levi, Anna\",anna@x.example\n",
        "Name (Original Name),User Email,Duration (Minutes)\nAnna Levi,anna@x.example,57\n",
        "First Name,Middle Name,Last Name,E-mail Address,Home Phone\nAnna,,Levi,anna@x.example,123\n",
        "Given Name,Family Name,E-mail 1 - Value\nAnna,Levi,anna@x.example\n",
        "Name\tFirst Join\tEmail\nAnna Levi\t10:00\tanna@x.example\n",
        "Student e-mail (school),Surname,Forename\nanna@x.example,Levi,Anna\n",
        "Prénom;Nom;Courriel\nAnna;Levi;anna@x.example\n",
        "שם,שם משפחה,דוא\"ל\nAnna,Levi,anna@x.example\n",
        "Kontakt;Vorname;Nachname\nanna@x.example;Anna;Levi\n",
        "\u{feff}\"E-Mail\";\"Vorname\";\"Nachname\"\r\n\"anna@x.example\";\"Anna\";\"Levi\"\r\n",
        "EMAIL ADDRESS|x,FIRST NAME,LAST NAME\nanna@x.example,Anna,Levi\n",
    ] {
        assert_eq!(people(text), [anna], "{text}");
    }
    assert_eq!(
        columns("E-Mail;Vorname;Nachname;Telefon\nanna@x.example;Anna;Levi;1\n"),
        ["E-Mail=email", "Vorname=first_name", "Nachname=last_name", "Telefon=-"]
    );
    assert_eq!(columns("anna@x.example;Anna;Levi\n"), Vec::<String>::new());
}

#[test]
fn a_first_line_that_says_the_separator_is_no_person() {
    for text in [
        "sep=;\r\nE-Mail;Vorname;Nachname\r\nanna@x.example;Anna;Levi\r\n",
        "\u{feff}sep=;\nE-Mail;Vorname;Nachname\nanna@x.example;Anna;Levi\n",
        "\"sep=;\"\nE-Mail;Vorname;Nachname\nanna@x.example;Anna;Levi\n",
        "SEP=\t\nE-Mail\tVorname\tNachname\nanna@x.example\tAnna\tLevi\n",
        "sep=|\nE-Mail|Vorname|Nachname\nanna@x.example|Anna|Levi\n",
    ] {
        assert_eq!(people(text), ["3 anna@x.example|Anna|Levi"], "{text:?}");
    }
    assert_eq!(people("sep=;\nanna@x.example;Anna;Levi\n"), ["2 anna@x.example|Anna|Levi"]);
}

#[test]
fn cells_may_hold_line_breaks_where_nobody_needs_them() {
    let text = "email,notes,first,last\nanna@x.example,\"one\ntwo\",Anna,Levi\nben@x.example,,Ben,Katz\n";
    assert_eq!(people(text), ["2 anna@x.example|Anna|Levi", "4 ben@x.example|Ben|Katz"]);
}

#[test]
fn whole_names_come_in_two() {
    for (whole, first, last) in [
        ("Anna Levi", "Anna", "Levi"),
        ("Levi, Anna", "Anna", "Levi"),
        ("  Anna   Maria  Levi ", "Anna Maria", "Levi"),
        ("Anna", "Anna", ""),
        ("Levi,", "Levi", ""),
        ("", "", ""),
    ] {
        assert_eq!(split_name(whole), (first.to_owned(), last.to_owned()), "{whole:?}");
    }
}
