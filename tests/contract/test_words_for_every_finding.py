"""Whatever a check finds, there is a sentence for it, and a next step where one is needed."""

import re
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.checks import CheckId
from precheck.contract.reasons import ANSWERABLE_CHECKS, reasons_of
from precheck.contract.verdict import Level, OsFamily, Readiness, Verdict
from precheck.contract.wording import SHARED_REASONS, Language, Sentences, Wording, load_wording

BLANKS = {
    "name",
    "version",
    "days",
    "date",
    "count",
    "minimum",
    "down",
    "up",
    "round_trip",
    "jitter",
}
TELL_THE_STAFF = {
    Language.JA: "職員に伝えてください。",
    Language.EN: "Please tell the staff.",
}
NEEDS_A_STEP = {Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN}

EVERY = [(check, reason) for check in CheckId for reason in reasons_of(check)]
LANGUAGES = list(Language)


def blanks(text: str) -> list[tuple[str, str | None, str | None]]:
    return [
        (name, spec, cast) for _, name, spec, cast in Formatter().parse(text) if name is not None
    ]


def all_sentences(words: Wording) -> list[Sentences]:
    own = [item for check in words.checks.values() for item in check.reasons.values()]
    return [*own, *words.common.values()]


def texts(item: Sentences) -> list[str]:
    every = (
        item.sentence,
        item.remedy,
        item.remedy_windows,
        item.remedy_macos,
        item.remedy_linux,
    )
    return [text for text in every if text is not None]


def everything_said(words: Wording) -> list[str]:
    said = [text for item in all_sentences(words) for text in texts(item)]
    said += [item.label for item in words.checks.values()]
    said += [item.question for item in words.checks.values() if item.question]
    said += [item.why for item in words.checks.values()]
    said += [item.if_unread for item in words.checks.values() if item.if_unread]
    return [*said, *words.readiness.values(), *words.phrases.values()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("check", CheckId)
def test_every_reason_has_a_sentence(language: Language, check: CheckId) -> None:
    for reason in reasons_of(check):
        assert load_wording(language).sentence(check, reason.value).strip()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("check", CheckId)
def test_every_warning_failure_and_unknown_has_a_next_step_on_every_system(
    language: Language, check: CheckId
) -> None:
    for reason in reasons_of(check):
        for family in OsFamily:
            step = load_wording(language).remedy(check, reason.value, family)
            assert bool(step) == bool(reason.verdicts & NEEDS_A_STEP), (reason, family)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_stand_there_for_what_no_check_says(language: Language) -> None:
    words = load_wording(language)
    for check in CheckId:
        assert set(words.checks[check].reasons) <= {item.value for item in reasons_of(check)}
    assert set(words.common) == set(SHARED_REASONS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_step_stands_there_that_no_system_shows(language: Language) -> None:
    for item in all_sentences(load_wording(language)):
        own = (item.remedy_windows, item.remedy_macos, item.remedy_linux)
        assert item.remedy is None or None in own, item


def test_both_languages_say_the_same_things() -> None:
    def shape(language: Language) -> object:
        words = load_wording(language)
        return (
            set(words.verdicts),
            set(words.readiness),
            {
                (check, reason, field, tuple(sorted(blanks(text))))
                for check, item in words.checks.items()
                for reason, sentences in item.reasons.items()
                for field in Sentences.__struct_fields__
                if (text := getattr(sentences, field)) is not None
            },
            {(check, item.question is None) for check, item in words.checks.items()},
            {
                (reason, field)
                for reason, sentences in words.common.items()
                for field in Sentences.__struct_fields__
                if getattr(sentences, field) is not None
            },
            {(key, tuple(sorted(blanks(text)))) for key, text in words.phrases.items()},
        )

    for one, other in zip(shape(Language.JA), shape(Language.EN), strict=True):
        assert one == other


@pytest.mark.parametrize("language", LANGUAGES)
def test_verdicts_are_told_apart_by_shape_and_by_word(language: Language) -> None:
    words = load_wording(language)
    assert set(words.verdicts) == set(Verdict)
    assert len({item.symbol for item in words.verdicts.values()}) == len(Verdict)
    assert len({item.word for item in words.verdicts.values()}) == len(Verdict)
    assert all(len(item.symbol) == 1 for item in words.verdicts.values())
    assert "".join(
        words.verdicts[verdict].symbol
        for verdict in (Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN)
    ) == ("○△×？")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_readiness_and_each_check_has_words_of_its_own(language: Language) -> None:
    words = load_wording(language)
    assert set(words.readiness) == set(Readiness)
    assert len(set(words.readiness.values())) == len(Readiness)
    assert set(words.checks) == set(CheckId)
    assert len({words.label(check) for check in CheckId}) == len(CheckId)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_person_may_answer_is_asked_and_nothing_else(language: Language) -> None:
    words = load_wording(language)
    asked = {check for check, item in words.checks.items() if item.question}
    assert asked == ANSWERABLE_CHECKS
    for check in asked:
        assert words.checks[check].question.endswith(("。", "？", "?", "か。", ")", "）"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_have_only_the_blanks_that_findings_fill(language: Language) -> None:
    for item in all_sentences(load_wording(language)):
        for text in texts(item):
            for name, spec, cast in blanks(text):
                assert name in BLANKS, text
                assert (spec, cast) == ("", None), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_label_a_question_and_a_readiness_have_no_blanks(language: Language) -> None:
    words = load_wording(language)
    for item in words.checks.values():
        assert not blanks(item.label + (item.question or ""))
    assert not any(blanks(text) for text in words.readiness.values())


VALUES = st.text(max_size=20) | st.integers() | st.floats()


@given(
    st.sampled_from(EVERY),
    st.sampled_from(LANGUAGES),
    st.sampled_from(OsFamily),
    st.dictionaries(st.sampled_from(sorted(BLANKS)) | st.text(max_size=8), VALUES, max_size=8),
)
def test_any_evidence_fills_the_blanks(pair, language, family, evidence) -> None:
    check, reason = pair
    words = load_wording(language)
    assert words.sentence(check, reason.value, evidence)
    words.remedy(check, reason.value, family, evidence)


def test_a_checks_own_words_come_before_the_shared_ones() -> None:
    words = load_wording(Language.EN)
    shared = words.common["declared_no"].sentence
    assert words.sentence(CheckId.TERMS_CONSENT, "declared_no") != shared
    assert words.sentence(CheckId.FIREWALL, "denied") == words.common["denied"].sentence


def test_a_systems_own_step_comes_before_the_shared_one() -> None:
    words = load_wording(Language.EN)
    shared = words.remedy(CheckId.ANTIVIRUS, "none", OsFamily.LINUX)
    assert "Windows Security" in words.remedy(CheckId.ANTIVIRUS, "none", OsFamily.WINDOWS)
    assert shared == words.remedy(CheckId.ANTIVIRUS, "none", OsFamily.MACOS)
    assert "Windows" not in shared


def test_a_value_is_shown_as_it_is_and_never_read_as_a_blank() -> None:
    words = load_wording(Language.EN)
    assert words.sentence(CheckId.ANTIVIRUS, "on_current", {"name": "{days} {0}"}) == (
        "Running: {days} {0}"
    )


def test_a_blank_without_a_value_shows_a_dash() -> None:
    assert load_wording(Language.JA).sentence(CheckId.ANTIVIRUS, "on_current") == "動いています：—"
    assert load_wording(Language.EN).sentence(CheckId.OS_SUPPORT, "ended") == (
        "Support for this OS has ended. (Last day: —)"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_blank_stands_apart_so_that_a_dash_in_it_still_reads_well(language: Language) -> None:
    """After a colon or a bracket, or before a unit in brackets; never inside the grammar."""
    before = r"(?:[:：（(、,] ?|\{name\} |about |now |needed |by )"
    after = r"(?:[）)。.、,（]|$| \(| Mbps| ミリ秒| milliseconds|日前|ごろ| \{version\})"
    for item in all_sentences(load_wording(language)):
        for text in texts(item):
            for found in re.finditer(r"\{\w+\}", text):
                assert re.search(before + "$", text[: found.start()]), text
                assert re.match(after, text[found.end() :]), text


FORBIDDEN = [
    r"(ファイアウォール|ウイルス対策|リアルタイム保護|Defender|保護)[^。]*(オフ|無効|止めて|停止)(に|して|を)?(して)?ください",
    r"無効",
    r"除外",
    r"例外に",
    r"許可リスト",
    r"アンインストールすると",
    r"\b(disable|whitelist|allowlist|exclusion|exception)\b",
    r"turn off|turn it off|switch off",
    r"sudo|administrator rights|管理者として",
    r"https?://",
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_nothing_tells_anybody_to_weaken_protection(language: Language, pattern: str) -> None:
    for text in everything_said(load_wording(language)):
        assert not re.search(pattern, text, re.IGNORECASE), text


@pytest.mark.parametrize(
    "bad",
    [
        "ファイアウォールをオフにしてください。",
        "Turn off the firewall.",
        "このソフトを除外に入れてください。",
        "リアルタイム保護を無効にしてください。",
        "Add an exclusion for this program.",
    ],
)
def test_advice_to_weaken_protection_would_be_found_out(bad: str) -> None:
    assert any(re.search(pattern, bad, re.IGNORECASE) for pattern in FORBIDDEN)


OWN_STEPS = {
    Language.JA: r"もう一度チェック|質問に答えて|更新して|更新を入れて|新しい事前チェック"
    r"|更新プログラムのチェック|を開いて|正しい日付|直接|職員に伝えて",
    Language.EN: r"heck again|answer the question|update it|nstall the|Check for updates|Open |"
    r"right date|directly|computer itself|(?:tell the|it to the) staff",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("check", CheckId)
def test_an_unknown_ends_with_the_staff_or_with_a_step_of_the_persons_own(
    language: Language, check: CheckId
) -> None:
    for reason in reasons_of(check):
        if reason.verdicts == {Verdict.UNKNOWN}:
            for family in OsFamily:
                step = load_wording(language).remedy(check, reason.value, family)
                assert step and re.search(OWN_STEPS[language], step), (reason, step)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_nobody_can_mend_goes_to_the_staff(language: Language) -> None:
    words = load_wording(language)
    for reason in ("missing", "denied", "unsupported", "garbled"):
        assert words.remedy(CheckId.FIREWALL, reason, OsFamily.LINUX) == TELL_THE_STAFF[language]


BLAMING = [
    r"あなた",
    r"間違",
    r"失敗",
    r"エラー",
    r"\bwrongly\b",
    r"\byour fault\b",
    r"\bfailed\b",
    r"\berror\b",
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_blames_the_person(language: Language) -> None:
    for text in everything_said(load_wording(language)):
        assert not any(re.search(pattern, text, re.IGNORECASE) for pattern in BLAMING), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_nothing_was_found_is_never_said_to_prove_that_nothing_is_there(
    language: Language,
) -> None:
    words = load_wording(language)
    for check, reason in (
        (CheckId.FILE_SHARING, "none_found"),
        (CheckId.RUNNING_SOFTWARE, "none_found"),
        (CheckId.INFECTION, "clean"),
        (CheckId.OPEN_SERVICES, "none_reachable"),
    ):
        text = words.sentence(check, reason)
        assert "見つかりませんでした" in text or "None found" in text


def test_japanese_sentences_are_polite_short_and_end_with_a_full_stop() -> None:
    words = load_wording(Language.JA)
    for item in all_sentences(words):
        for text in texts(item):
            for sentence in re.sub(r"（[^）]*）|「[^」]*」", "", text).split("。"):
                assert len(sentence) <= 75, sentence
                assert not re.search(r"(なければ|ないと)(なりません|いけません)", sentence), (
                    sentence
                )
                assert not re.search(r"(である|だった|のだ)$", sentence), sentence
            assert re.search(r"[。）]$|：(\{name\}( \{version\})?|[A-Za-z ]+)$", text), text


def test_japanese_uses_western_years_and_full_width_brackets() -> None:
    for text in everything_said(load_wording(Language.JA)):
        assert not re.search(r"令和|平成|[()]", text), text


def test_screens_are_named_in_corner_brackets_that_close() -> None:
    for text in everything_said(load_wording(Language.JA)):
        assert text.count("「") == text.count("」"), text
        for screen in ("設定", "システム設定", "Windows セキュリティ"):
            assert f"{screen}>" not in text
    for text in everything_said(load_wording(Language.EN)):
        assert text.count('"') % 2 == 0, text


VIEWS = Path(__file__).parents[2] / "precheck"
BY_LEVEL = {f"level_{level.value}" for level in Level}
"""The only phrases whose key is put together in Python."""


def put_together(script: str) -> list[str]:
    """Patterns of the phrases whose keys the scripts put together, such as `page_step_${name}`."""
    return [
        re.sub(r"\$\{[^}]*\}", r"\\w+", key)
        for key in re.findall(r"`(page_[^`]*\$\{[^`]*)`", script)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_said_somewhere(language: Language) -> None:
    phrases = load_wording(language).phrases
    code = "".join(path.read_text("utf-8") for path in VIEWS.rglob("*.py"))
    said = {key for key in phrases if f'"{key}"' in code or f"'{key}'" in code}
    scripts = "".join(path.read_text("utf-8") for path in VIEWS.rglob("*.js"))
    said |= {key for key in phrases if f'"{key}"' in scripts}
    said |= {key for key in phrases for kind in put_together(scripts) if re.fullmatch(kind, key)}
    unsaid = set(phrases) - said - BY_LEVEL
    assert not unsaid, "a phrase that nobody says"
    assert set(phrases) >= BY_LEVEL
    assert "{phone}" in phrases["other_way"]
    assert all(text.strip() for text in phrases.values())


def test_it_is_said_that_this_is_a_self_check_and_no_proof() -> None:
    notice = load_wording(Language.JA).phrases["self_check_notice"]
    assert "自己点検" in notice
    assert "証明ではありません" in notice
    assert "no proof" in load_wording(Language.EN).phrases["self_check_notice"]


@pytest.mark.parametrize("steering", ["\x1b[2J\x1b[31m", "\x9b8m", "\r\n", "\u202e", "\x00"])
def test_a_value_cannot_steer_the_terminal_that_shows_it(steering: str) -> None:
    words = load_wording(Language.JA)
    said = words.sentence(CheckId.OS_SUPPORT, "supported", {"name": f"a{steering}b"})
    assert said.isprintable()
    assert "a" in said and "b" in said


def test_a_value_that_goes_on_for_pages_is_cut() -> None:
    words = load_wording(Language.JA)
    said = words.sentence(CheckId.OS_SUPPORT, "supported", {"name": "x" * 100_000})
    assert len(said) < 300
    assert "xxx…" in said


def test_a_number_of_days_is_said_as_people_say_it() -> None:
    words = load_wording(Language.JA)
    for item in all_sentences(words):
        if "{days}" in item.sentence:
            assert "{days}日前" in item.sentence
    said = words.sentence(CheckId.SECURITY_UPDATES, "pending_old", {"days": 133})
    assert said == "更新がたまっています。（133日前からです）"


@pytest.mark.parametrize(
    ("language", "opening"), [(Language.JA, "開いて"), (Language.EN, "Open the antivirus")]
)
@pytest.mark.parametrize("reason", ["off", "no_real_time", "definitions_old", "definitions_aging"])
def test_on_linux_nobody_is_told_to_open_an_antivirus_program_that_has_no_window(
    reason: str, language: Language, opening: str
) -> None:
    words = load_wording(language)
    linux = words.remedy(CheckId.ANTIVIRUS, reason, OsFamily.LINUX)
    windows = words.remedy(CheckId.ANTIVIRUS, reason, OsFamily.WINDOWS)
    assert linux is not None
    assert windows is not None
    assert opening not in linux
    assert opening in windows
