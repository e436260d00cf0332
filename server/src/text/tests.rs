use super::*;
use proptest::prelude::*;

#[test]
fn the_language_follows_the_browser() {
    let cases = [
        ("", Language::Dutch),
        ("nl,en;q=0.5", Language::Dutch),
        ("en-GB,en;q=0.9", Language::English),
        ("fr, en;q=0.4, nl;q=0.6", Language::Dutch),
        ("fr", Language::Dutch),
        ("en;q=0", Language::Dutch),
        ("en;q=7", Language::Dutch),
        ("*", Language::Dutch),
    ];
    for (header, language) in cases {
        assert_eq!(Language::accepted(header), language, "{header}");
    }
}

#[test]
fn a_text_without_its_value_is_not_shown_half() {
    let text = Text::new(Language::Dutch);
    assert_eq!(text.find("factor-added", &FluentArgs::new()), None);
    assert_eq!(text.with("factor-added", "date", "gisteren"), "Toegevoegd op gisteren.");
    let mut args = FluentArgs::new();
    args.set("retry_after", 1);
    assert!(text.filled("error-too-many.detail", &args).contains("Wacht 1 seconde en"));
}

proptest! {
    #[test]
    fn any_accept_language_gives_a_language(header in ".{0,200}") {
        let _ = Language::accepted(&header);
    }
}
