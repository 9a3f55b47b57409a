//! Files that are not what they say, and files that want ffmpeg to read or call something else.

use std::fs;
use std::path::{Path, PathBuf};

use crate::source::{self, H264, make, picture, tone};
use crate::watch::Watch;
use crate::work::{carry, ffprobe};

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let file = folder.join(name);
    fs::write(&file, bytes).expect("written");
    file
}

async fn code_of(file: &Path) -> &'static str {
    carry(file).await.err().map_or("playable", |failure| failure.code())
}

/// A playlist that names the canary and the listener.
fn playlist(watch: &Watch) -> String {
    format!(
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{}\n#EXTINF:10,\nhttp://{}/x.ts\n\
         #EXTINF:10,\nconcat:http://{}/|file://{}\n#EXT-X-ENDLIST\n",
        watch.canary.display(),
        watch.port,
        watch.port,
        watch.canary.display(),
    )
}

#[tokio::test]
async fn lists_and_texts_named_mp4_are_refused_unread() {
    let folder = tempfile::tempdir().expect("a folder");
    let watch = Watch::new(folder.path());
    let (canary, port) = (watch.canary.display(), watch.port);
    let hls = playlist(&watch);
    let files = [
        ("hls", hls.clone()),
        ("hls behind a mark", format!("\u{feff}{hls}")),
        ("hls behind a box", format!("\0\0\0\x14ftypisom\0\0\x02\0isom\n{hls}")),
        ("hls with a box name inside", hls.replacen("#EXTM3U\n", "#EXTftyp\n", 1)),
        ("concat", format!("ffconcat version 1.0\nfile '{canary}'\nfile 'http://{port}/'\n")),
        ("concat without a head", format!("file '{canary}'\n")),
        (
            "dash",
            format!("<?xml version='1.0'?><MPD><Period><BaseURL>http://{port}/</BaseURL></Period></MPD>"),
        ),
        (
            "sdp",
            format!(
                "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video {} RTP/AVP 96\n",
                port.port()
            ),
        ),
        ("svg", format!("<svg xmlns='http://www.w3.org/2000/svg'><image href='http://{port}/a.png'/></svg>")),
        (
            "xml with an entity",
            format!("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file://{canary}'>]><svg>&b;</svg>"),
        ),
        ("text", "Dear diary, this is no film.\n".repeat(500)),
    ];
    for (what, text) in files {
        let code = code_of(&write(folder.path(), "film.mp4", text)).await;
        assert!(matches!(code, "not_media" | "truncated"), "{what}: {code}");
        watch.assert_quiet(what);
    }
    let hls = write(folder.path(), "film.mp4", hls);
    source::careless(&["-f", "hls", "-allowed_extensions", "ALL"], &hls);
    assert!(
        watch.canary_was_read(),
        "a careless reader follows it, so the list is as hostile as it should be"
    );
}

#[tokio::test]
async fn pictures_documents_and_nothing_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let png = make(folder.path(), "picture.png", "-f lavfi -i testsrc2=s=64x64 -frames:v 1");
    for bytes in [fs::read(&png).expect("read"), b"%PDF-1.7\n".to_vec(), b"PK\x03\x04".to_vec(), Vec::new()] {
        assert_eq!(code_of(&write(folder.path(), "film.mp4", bytes)).await, "not_media");
    }
}

/// An AVI may carry subtitles in a packet, and ffmpeg once let them be a playlist (the attack of 2016).
#[tokio::test]
async fn a_playlist_inside_an_avi_is_not_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let watch = Watch::new(folder.path());
    let film = make(folder.path(), "film.avi", &format!("{} -c:v mpeg4", picture("128x96", "10", "1")));
    let bytes = fs::read(film).expect("read");
    let with_words = |text: &str| {
        let mut bytes = bytes.clone();
        add_subtitle_stream(&mut bytes, &hidden_in_subtitles(text));
        bytes
    };
    let honest =
        write(folder.path(), "honest.avi", with_words("1\n00:00:00,000 --> 00:00:01,000\nGood morning\n"));
    let codecs = ffprobe(&honest, "stream=codec_name");
    assert!(codecs.contains("subrip"), "real subtitles in that place are read: {codecs}");
    let file = write(folder.path(), "hidden.avi", with_words(&playlist(&watch)));
    let code = code_of(&file).await;
    watch.assert_quiet("playlist in an AVI");
    assert!(matches!(code, "playable" | "not_media" | "truncated"), "{code}");
}

/// A GAB2 packet: mark, its kind, an empty name, its kind, length, text.
fn hidden_in_subtitles(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).expect("short").to_le_bytes();
    [b"GAB2\0".as_slice(), &[2, 0], &[0, 0, 0, 0], &[4, 0], &length, text.as_bytes()].concat()
}

/// Puts a text stream into the header list and its one packet at the front of the data.
fn add_subtitle_stream(avi: &mut Vec<u8>, packet: &[u8]) {
    let chunk = |name: &[u8], body: &[u8]| {
        let length = u32::try_from(body.len()).expect("short").to_le_bytes();
        let pad: &[u8] = if body.len() % 2 == 1 { &[0] } else { &[] };
        [name, &length, body, pad].concat()
    };
    let mut head = vec![0_u8; 56];
    head[..4].copy_from_slice(b"txts");
    head[20] = 1; // scale
    head[24] = 1; // rate
    head[32] = 1; // length
    let stream = [b"strl".as_slice(), &chunk(b"strh", &head), &chunk(b"strf", &[0; 40])].concat();
    insert(avi, b"movi", 0, &chunk(b"01tx", packet));
    let headers = position(avi, b"hdrl") - 8;
    let end = headers + 8 + usize::try_from(length_at(avi, headers + 4)).expect("small");
    let list = chunk(b"LIST", &stream);
    avi.splice(end..end, list.iter().copied());
    grow(avi, headers + 4, list.len());
    grow(avi, 4, list.len());
    let streams = position(avi, b"avih") + 8 + 24;
    avi[streams] = 2;
}

/// Inserts at the start of a list's content and grows the list and the file.
fn insert(avi: &mut Vec<u8>, list: &[u8], skip: usize, bytes: &[u8]) {
    let at = position(avi, list);
    avi.splice(at + 4 + skip..at + 4 + skip, bytes.iter().copied());
    grow(avi, at - 4, bytes.len());
    grow(avi, 4, bytes.len());
}

fn position(bytes: &[u8], name: &[u8]) -> usize {
    bytes.windows(4).position(|window| window == name).expect("the chunk")
}

fn length_at(avi: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(avi[at..at + 4].try_into().expect("four bytes"))
}

fn grow(avi: &mut [u8], at: usize, by: usize) {
    let length = length_at(avi, at) + u32::try_from(by).expect("small");
    avi[at..at + 4].copy_from_slice(&length.to_le_bytes());
}

/// QuickTime may say that its samples lie in another file.
#[tokio::test]
async fn a_film_that_points_at_another_file_does_not_get_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let watch = Watch::new(folder.path());
    let film = make(folder.path(), "film.mov", &format!("{} {H264}", picture("128x96", "10", "1")));
    let mut bytes = fs::read(film).expect("read");
    let alias = alias_to(&watch.canary);
    // `dref` with one entry that says "in this file" becomes one that names the canary; the boxes around it grow.
    let at = position(&bytes, b"dref") + 12;
    bytes.splice(at..at + 12, alias.iter().copied());
    for name in [b"dref", b"dinf", b"minf", b"mdia", b"trak", b"moov"] {
        let size = bytes[..at].windows(4).rposition(|window| window == name).expect("the box") - 4;
        let length =
            u32::from_be_bytes(bytes[size..size + 4].try_into().expect("four")) as usize + alias.len() - 12;
        bytes[size..size + 4].copy_from_slice(&u32::try_from(length).expect("small").to_be_bytes());
    }
    let file = write(folder.path(), "pointing.mov", bytes);
    let code = code_of(&file).await;
    watch.assert_quiet("data reference");
    assert_eq!(code, "truncated", "its samples are not in it");
    source::careless(&["-enable_drefs", "1", "-use_absolute_path", "1"], &file);
    assert!(
        watch.canary_was_read(),
        "a careless reader follows it, so the film is as hostile as it should be"
    );
}

/// An `alis` entry as old Macs wrote it, with an absolute path behind tag 2.
fn alias_to(file: &Path) -> Vec<u8> {
    let mut path = file.to_str().expect("text").as_bytes().to_vec();
    path.resize(path.len().next_multiple_of(2), 0); // entries are even
    let mut body = vec![0_u8; 150]; // names of volume and file, and levels, which the reader skips when empty
    body.extend([0, 2]);
    body.extend(u16::try_from(path.len()).expect("short").to_be_bytes());
    body.extend(&path);
    body.extend([0xff, 0xff, 0, 0]);
    let length = u32::try_from(body.len() + 12).expect("short").to_be_bytes();
    [length.as_slice(), b"alis", &[0, 0, 0, 0], &body].concat()
}

#[tokio::test]
async fn cut_films_are_told_to_their_owner() {
    let folder = tempfile::tempdir().expect("a folder");
    let film = source::ordinary(folder.path(), "5");
    let whole = fs::read(&film).expect("read");
    let cut = write(folder.path(), "no-index.mp4", &whole[..whole.len() * 2 / 3]);
    assert_eq!(code_of(&cut).await, "truncated", "index behind the cut");

    let front =
        make(folder.path(), "front.mp4", &format!("-i {} -c copy -movflags +faststart", film.display()));
    let whole = fs::read(&front).expect("read");
    let cut = write(folder.path(), "cut.mp4", &whole[..whole.len() * 2 / 3]);
    assert_eq!(code_of(&cut).await, "truncated", "samples cut");

    let mkv = make(folder.path(), "film.mkv", &format!("-i {} -c copy", film.display()));
    let whole = fs::read(&mkv).expect("read");
    let cut = write(folder.path(), "cut.mkv", &whole[..whole.len() / 2]);
    assert_eq!(code_of(&cut).await, "truncated", "told only by what comes out");
}

#[tokio::test]
async fn a_protected_film_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = "00112233445566778899aabbccddeeff";
    let lock = format!("-encryption_scheme cenc-aes-ctr -encryption_key {key} -encryption_kid {key}");
    let args = format!("{} {} {H264} -c:a aac {lock}", picture("128x96", "10", "1"), tone("1"));
    assert_eq!(code_of(&make(folder.path(), "locked.mp4", &args)).await, "protected");
}

#[tokio::test]
async fn a_codec_outside_the_list_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file =
        make(folder.path(), "odd.avi", &format!("{} -c:v snow -strict -2", picture("128x96", "10", "1")));
    let failure = carry(&file).await.err().expect("refused");
    assert_eq!((failure.code(), failure.detail().as_deref()), ("unsupported_codec", Some("snow")));
}
