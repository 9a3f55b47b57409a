//! What arrives, as an independent parser reads it.

use mail::{Ending, Language};
use serde_json::Value;
use testkit::SmtpPeer;

use crate::sending::{LINK, invite, invite_to, schedule, send, send_to, settings};

fn header<'a>(message: &'a Value, name: &str) -> Vec<&'a str> {
    let headers = message["headers"].as_array().expect("headers");
    headers
        .iter()
        .filter(|header| header[0].as_str().is_some_and(|found| found.eq_ignore_ascii_case(name)))
        .filter_map(|header| header[1].as_str())
        .collect()
}

fn parts<'a>(part: &'a Value, kind: &str) -> Vec<&'a Value> {
    let own = (part["type"] == kind).then_some(part);
    let inner = part["parts"].as_array().into_iter().flatten().flat_map(|part| parts(part, kind));
    own.into_iter().chain(inner).collect()
}

fn text<'a>(message: &'a Value, kind: &str) -> &'a str {
    parts(&message["body"], kind)[0]["text"].as_str().expect("a text")
}

#[tokio::test]
async fn an_invite_arrives_whole() {
    let peer = SmtpPeer::start();
    let settings = settings(&peer);
    let ending = send(&settings, &invite(&settings, Language::English, None)).await;
    assert_eq!(ending, Ending::Accepted("250 2.0.0 Taken as 1".into()));
    let message = peer.message(1);
    assert_eq!(message["from"], "anteroom@example.org");
    assert_eq!(message["to"], serde_json::json!(["zoe@xn--bcher-kva.example"]));
    assert_eq!(header(&message, "from"), ["סלון Anteroom <anteroom@example.org>"]);
    let to = header(&message, "to");
    assert!(to.len() == 1 && to[0].contains("Zoë Müller") && to[0].ends_with("<zoe@xn--bcher-kva.example>"));
    let subject = "Film & \"Licht\"  Bcc: all@example.org: you are invited";
    assert_eq!(header(&message, "subject"), [subject]);
    assert_eq!(header(&message, "message-id"), ["<01arz3ndektsv4rrffq69g5fav@media.example.org>"]);
    assert_eq!(header(&message, "date"), ["Sat, 21 Nov 2026 16:00:00 +0000"]);
    assert_eq!(header(&message, "auto-submitted"), ["auto-generated"]);
    assert!(header(&message, "bcc").is_empty(), "nothing typed became a header");
    assert!(!message.to_string().contains("Defect"), "the parser finds no fault: {}", message["body"]);
    assert!(peer.bytes(1).is_ascii() && peer.bytes(1).split(|b| *b == b'\n').all(|line| line.len() <= 998));

    let (plain, html) = (text(&message, "text/plain"), text(&message, "text/html"));
    assert!(
        plain.contains(LINK) && plain.contains("Hello Zoë <b>,") && plain.contains("It begins: Saturday")
    );
    assert!(!html.contains("<b>") && html.contains("Zo\u{eb} &lt;b&gt;"), "{html}");
    let href = html.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a link");
    assert_eq!(href.replace("&#x2f;", "/").replace("&amp;", "&"), LINK);
    assert!(!html.contains("src=\"http"), "nothing is fetched from anywhere");
}

/// Finding F17: in small letters this is an i with a separate dot above it, which Lettre's own check does not know.
#[tokio::test]
async fn an_address_with_a_separate_sign_is_written_to() {
    const TO: &str = "İ@x.example";
    let peer = SmtpPeer::start();
    let settings = settings(&peer);
    let message = invite_to(TO, &settings, Language::English, None).expect("no fault of the template");
    let ending = send_to(TO, &settings, &message).await;
    assert_eq!(ending, Ending::Accepted("250 2.0.0 Taken as 1".into()));
    assert_eq!(peer.message(1)["to"], serde_json::json!(["i\u{307}@x.example"]));
}

#[tokio::test]
async fn the_picture_is_inside_and_shows_the_link() {
    let peer = SmtpPeer::start();
    let settings = settings(&peer);
    send(&settings, &invite(&settings, Language::Hebrew, None)).await;
    let message = peer.message(1);
    let html = text(&message, "text/html");
    assert!(html.contains("<html lang=\"he\" dir=\"rtl\">") && html.contains("הוזמנת"), "{html}");
    let related = parts(&message["body"], "multipart/related");
    let picture = parts(related[0], "image/png")[0];
    let cid = picture["cid"].as_str().expect("a cid").trim_matches(['<', '>']);
    assert!(html.contains(&format!("src=\"cid:{cid}\"")), "{html}");
    let bytes: Vec<u8> = serde_json::from_value(picture["bytes"].clone()).expect("bytes");
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"));
    let dark = decode(&bytes);
    let code = qrcode::QrCode::with_error_correction_level(LINK, qrcode::EcLevel::M).expect("a code");
    let (width, colors) = (code.width(), code.to_colors());
    assert_eq!(dark.len(), (width + 8) * 5);
    for (at, color) in colors.iter().enumerate() {
        let (x, y) = ((at % width + 4) * 5 + 2, (at / width + 4) * 5 + 2);
        assert_eq!(dark[y][x], *color == qrcode::Color::Dark, "module {at}");
    }
}

/// The dots of a PNG, read by Python's zlib.
fn decode(png: &[u8]) -> Vec<Vec<bool>> {
    let script = "import sys,zlib,struct,json\n\
        d=sys.stdin.buffer.read();p=8;z=b''\n\
        while p<len(d):\n\
        \x20n,k=struct.unpack('>I4s',d[p:p+8]);b=d[p+8:p+8+n];c,=struct.unpack('>I',d[p+8+n:p+12+n])\n\
        \x20assert c==zlib.crc32(k+b);p+=12+n\n\
        \x20if k==b'IHDR': w,h,depth,kind=struct.unpack('>IIBB',b[:10]);assert (depth,kind)==(1,0)\n\
        \x20if k==b'IDAT': z+=b\n\
        r=zlib.decompress(z);s=(w+7)//8+1;assert len(r)==s*h\n\
        print(json.dumps([[not r[y*s+1+x//8]>>(7-x%8)&1 for x in range(w)] for y in range(h)]))";
    let mut python = testkit::program("/usr/bin/python3");
    python.args(["-c", script]).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = python.spawn().expect("Python");
    std::io::Write::write_all(&mut child.stdin.take().expect("input"), png).expect("written");
    let output = child.wait_with_output().expect("output");
    let rows: Vec<Vec<bool>> = serde_json::from_slice(&output.stdout).expect("the picture is a good PNG");
    rows
}

#[tokio::test]
async fn a_schedule_brings_a_calendar_entry_and_its_file() {
    let peer = SmtpPeer::start();
    let settings = settings(&peer);
    send(&settings, &invite(&settings, Language::English, Some(&schedule()))).await;
    let message = peer.message(1);
    let entry = parts(&message["body"], "text/calendar")[0];
    assert_eq!(entry["params"]["method"], "REQUEST");
    let text = entry["text"].as_str().expect("a text").replace("\r\n ", "").replace("\n ", "");
    let line = |name: &str| {
        let found: Vec<_> = text.lines().filter(|line| line.starts_with(name)).collect();
        assert_eq!(found.len(), 1, "{name} in {text}");
        found[0].to_owned()
    };
    assert_eq!(line("METHOD"), "METHOD:REQUEST");
    assert_eq!(line("DTSTART"), "DTSTART:20261121T160000Z");
    assert_eq!(line("DTEND"), "DTEND:20261121T170000Z");
    assert_eq!(line("UID"), "UID:item-1@media.example.org");
    assert_eq!(line("SEQUENCE"), "SEQUENCE:2");
    assert!(line("SUMMARY").contains("Film\\, Licht\\; und mehr: eine sehr lange Überschrift"));
    assert_eq!(line("LOCATION"), format!("LOCATION:{LINK}"));
    assert!(line("ATTENDEE").ends_with("mailto:zoe@xn--bcher-kva.example"));
    assert!(line("ORGANIZER").ends_with("mailto:anteroom@example.org"));
    let file = parts(&message["body"], "application/ics")[0];
    assert_eq!(
        (file["disposition"].as_str(), file["filename"].as_str()),
        (Some("attachment"), Some("invite.ics"))
    );
    let bytes: Vec<u8> = serde_json::from_value(file["bytes"].clone()).expect("bytes");
    let same = |text: &str| text.replace("\r\n", "\n");
    let attached = String::from_utf8(bytes).expect("UTF-8");
    assert_eq!(same(&attached).trim(), same(entry["text"].as_str().expect("a text")).trim());
}
