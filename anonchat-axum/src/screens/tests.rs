use proptest::prelude::*;

use super::*;

/// Texts of a length that try to cost more than their length.
fn adversarial(length: usize) -> Vec<(&'static str, String)> {
    let repeated = |unit: &str| unit.repeat(length / unit.len());
    [
        ("at signs", "@"),
        ("addresses without an end", "a@"),
        ("digits", "7"),
        ("digits with spaces", "7 "),
        ("small numbers", "12. "),
        ("years", "1990 "),
        ("spaces", " "),
        ("zero-width characters", "\u{200B}"),
        ("accents", "e\u{301}\u{301}\u{301}\u{301}"),
        ("ligatures", "\u{FDFA}"),
        ("dots", "dot "),
        ("full stops", "a."),
        ("dots that nest", "a (dot (dot (dot ("),
        ("a long word", "w"),
        ("a long word of numerals", "seven"),
        ("lone letters", "a "),
        ("lone letters with marks", "a-"),
        ("apps", "insta "),
        ("apps that await a name", "insta: "),
        ("slashes", "a/"),
        ("links without a host", "://"),
        ("almost abuse", "fuc "),
        ("almost abuse in a row", "asas"),
        ("stars", "f*"),
        ("look-alikes", "а"),
        ("words of another script", "一"),
    ]
    .map(|(name, unit)| (name, repeated(unit)))
    .into()
}

/// How many steps a screen takes at most for one byte.
const STEPS: u64 = 30;

/// A megabyte.
const LONG: usize = 1 << 20;

/// Twice the text takes twice the steps, whatever the text.
fn assert_linear(look: impl Fn(&str) -> u64) {
    for ((name, half), (_, whole)) in adversarial(1 << 15).into_iter().zip(adversarial(1 << 16)) {
        let (less, more) = (look(&half), look(&whole));
        assert!(more <= 2 * less + less / 8 + 4096, "{name}: {less}, then {more} steps");
        assert!(more <= STEPS * (1 << 16), "{name}: {more} steps");
    }
}

#[test]
fn contact_details_are_looked_for_in_linear_time() {
    let screen = ContactDetails::default();
    assert_linear(|text| screen.look(text).1);
    for (name, text) in adversarial(LONG) {
        let steps = screen.look(&text).1;
        assert!(steps <= STEPS * LONG as u64, "{name}: {steps} steps");
    }
}

#[test]
fn profanity_is_looked_for_in_linear_time() {
    let screen = Profanity::default();
    assert_linear(|text| screen.look(text).1);
    let kinds = adversarial(LONG / adversarial(64).len());
    let text: String = kinds.into_iter().map(|(_, text)| text).collect();
    let steps = screen.look(&text).1;
    assert!(steps <= STEPS * LONG as u64, "{steps} steps");
}

#[test]
fn what_stands_at_the_end_of_a_long_text_is_found() {
    for padding in [" ", "word ", "\u{200B}", "a ", "e\u{301} ", "12. ", "dot ", "\u{FDFA} "] {
        let mut text = padding.repeat(10_000);
        text.push_str(" write to ann@example.com");
        assert!(ContactDetails::default().look(&text).0, "{padding}");
        let mut text = padding.repeat(10_000);
        text.push_str(" you motherfucker");
        assert!(Profanity::default().look(&text).0, "{padding}");
    }
}

#[test]
fn abuse_is_found_wherever_a_window_ends() {
    let screen = Profanity::default();
    for padding in 0..600 {
        let text = format!("{} motherfucker {}", "word ".repeat(40), "x".repeat(padding));
        assert!(screen.look(&text).0, "{padding}");
        let text = format!("{} motherfucker", "hello ".repeat(padding / 6));
        assert!(screen.look(&text).0, "{padding}");
    }
}

/// Pieces of which telling texts are made.
fn fragments() -> impl Strategy<Value = String> {
    let words = [
        "@", ".", " ", "dot", "at", "example", "com", "insta", ":", "7", "0", "null", "zwei", "-",
        "/", "(", "a", "my", "is", "fuck", "gay", "ß", "é", "ноль", "一", "+", "https://",
        "\u{301}",
    ];
    proptest::collection::vec(proptest::sample::select(words.to_vec()), 0..40)
        .prop_map(|words| words.concat())
}

/// Sentences of plain words, and of words that mean something.
fn sentences() -> impl Strategy<Value = String> {
    let words = [
        "hello",
        "how",
        "are",
        "you",
        "I",
        "a",
        "don't",
        "live",
        "in",
        "my",
        "is",
        "id",
        "add",
        "me",
        "on",
        "insta",
        "signal",
        "gmail",
        "com",
        "www",
        "dot",
        "at",
        "dotcom",
        "mydotcompage",
        "one",
        "two",
        "five",
        "fivefivefive",
        "double",
        "zero",
        "o",
        "g",
        "m",
        "www.site",
        "point",
        "de",
        "HELLO",
        "Telegram",
        "and",
        "name",
        "x",
        "w w w",
        "seven seven",
        "http",
        "mail",
    ];
    let marks = [" ", " ", ".", ", ", ": ", "-", "'", " (", "\n", "_", "=", "@", "/"];
    let part = (proptest::sample::select(words.to_vec()), proptest::sample::select(marks.to_vec()));
    proptest::collection::vec(part, 0..14)
        .prop_map(|parts| parts.into_iter().map(|(word, mark)| format!("{word}{mark}")).collect())
}

#[test]
fn usual_texts_are_told_to_be_harmless_at_a_glance() {
    let screen = ContactDetails::default();
    for text in ["", "hello", "How are you? I'm fine!", "what do you do for fun", "x..........."] {
        assert!(screen.is_plain(text), "{text}");
    }
    for text in
        ["g m a i l", "5", "@ann", "mydotcompage", "a b c", "é", "www.x", "x.com", "oneonethree"]
    {
        assert!(!screen.is_plain(text), "{text}");
    }
}

proptest! {
    #[test]
    fn a_glance_finds_nothing_harmless_that_a_look_does_not(
        text in prop_oneof![3 => sentences(), 1 => fragments(), 1 => "[ -~]{0,80}"],
    ) {
        thread_local! {
            static SCREENS: Vec<ContactDetails> = Strictness::ALL
                .iter()
                .map(|strictness| ContactDetails::new(*strictness, Language::ALL))
                .collect();
        }
        SCREENS.with(|screens| {
            for screen in screens {
                prop_assert!(!screen.is_plain(&text) || !screen.look(&text).0, "{}", text);
            }
            Ok(())
        })?;
    }

    #[test]
    fn any_text_is_looked_at_and_answered(text in prop_oneof![any::<String>(), fragments()]) {
        for strictness in Strictness::ALL {
            ContactDetails::new(*strictness, &[Language::English]).look(&text);
        }
        Profanity::new(Strictness::Strict, &[]).look(&text);
    }

    #[test]
    fn characters_without_width_change_nothing(
        text in prop_oneof![any::<String>(), fragments()],
        places in proptest::collection::vec((0_usize..40, 0_usize..6), 0..10),
    ) {
        let unseen = ['\u{200B}', '\u{200D}', '\u{2060}', '\u{FEFF}', '\u{AD}', '\u{FE0F}'];
        let mut dotted: Vec<char> = text.chars().collect();
        for (place, which) in places {
            dotted.insert(place.min(dotted.len()), unseen[which]);
        }
        let dotted: String = dotted.into_iter().collect();
        thread_local! {
            static SCREENS: (ContactDetails, Profanity) = Default::default();
        }
        SCREENS.with(|(contact, profanity)| {
            prop_assert_eq!(contact.look(&text).0, contact.look(&dotted).0);
            prop_assert_eq!(profanity.look(&text).0, profanity.look(&dotted).0);
            Ok(())
        })?;
    }
}

#[test]
fn what_is_stricter_refuses_more() {
    let refused = |text: &str| {
        Strictness::ALL
            .iter()
            .map(|strictness| ContactDetails::new(*strictness, Language::ALL).look(text).0)
            .collect::<Vec<_>>()
    };
    assert_eq!(refused("ann@example.com"), [true, true, true]);
    assert_eq!(refused("5550142"), [false, true, true]);
    assert_eq!(refused("@annsmith"), [false, true, true]);
    assert_eq!(refused("555 014"), [false, false, true]);
    assert_eq!(refused("add me on insta"), [false, false, true]);
    assert_eq!(refused("how are you?"), [false, false, false]);
}

#[test]
fn words_of_a_language_that_was_not_chosen_mean_nothing() {
    let german = ContactDetails::new(Strictness::Standard, &[Language::German]);
    let turkish = ContactDetails::new(Strictness::Standard, &[Language::Turkish]);
    let number = "null eins fünf zwei zwei acht acht eins";
    assert_eq!((german.look(number).0, turkish.look(number).0), (true, false));
    let german = Profanity::new(Strictness::Standard, &[Language::German]);
    assert_eq!((german.look("Missgeburt").0, german.look("fuck").0), (true, false));
}

#[test]
fn each_field_is_screened_for_what_the_product_says() {
    let screens = Screens::default();
    let (phone, abuse) = ("call 202-555-0142", "motherfucker");
    for field in [Field::Nickname, Field::Bio] {
        assert_eq!(screens.screen(field, phone), Err(Finding::ContactDetails));
        assert_eq!(screens.screen(field, abuse), Err(Finding::Profanity));
    }
    assert_eq!(screens.screen(Field::Message, phone), Err(Finding::ContactDetails));
    assert_eq!(screens.screen(Field::Message, abuse), Ok(()));
    let screens = Screens::builder().contact_details([]).profanity([Field::Message]).build();
    assert_eq!(screens.screen(Field::Bio, phone), Ok(()));
    assert_eq!(screens.screen(Field::Message, abuse), Err(Finding::Profanity));
}

/// Who somebody is, and where from, is nobody's abuse.
#[test]
fn words_that_say_who_somebody_is_are_refused_at_no_strictness() {
    let phrases = [
        "gay",
        "I am gay",
        "is gay",
        "lesbian",
        "bisexual",
        "trans",
        "transgender",
        "queer",
        "non-binary",
        "asexual",
        "black",
        "black woman",
        "asian",
        "asian girl",
        "jew",
        "jewish",
        "muslim",
        "arab",
        "hindu",
        "latina",
        "native",
        "deaf",
        "blind",
        "autistic",
        "virgin",
        "Scunthorpe",
        "Penistone",
        "Cockermouth",
        "Essex",
        "Sussex",
        "Middlesex",
        "Clitheroe",
        "Lightwater",
        "Matsushita",
        "Hancock",
        "Dickens",
        "class assassin",
        "soy negra",
    ];
    for strictness in Strictness::ALL {
        let screen = Profanity::new(*strictness, Language::ALL);
        for phrase in phrases {
            assert!(!screen.look(phrase).0, "{phrase} at {}", strictness.as_str());
        }
    }
}
