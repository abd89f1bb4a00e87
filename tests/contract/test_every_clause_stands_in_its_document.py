"""The sentences that people are shown are the terms' own, word for word."""

from pathlib import Path

import pytest

from precheck.contract.checks import CheckId
from precheck.contract.offices import load_office, office_ids

TERMS = Path(__file__).parent.parent / "terms"
"""The offices' documents as text, unchanged."""

DOCUMENTS = {
    "standard": "kakogawa.txt",
    "kakogawa": "kakogawa.txt",
    "okinawa": "okinawa.txt",
    "toyooka": "toyooka.txt",
    "toyooka_seminar": "toyooka.txt",
    "nagasaki": "nagasaki.txt",
    "honjo": "honjo.txt",
}

TORN = {
    # From the foot of page 1, which ends with its number, to the head of page 2; in the text that
    # was drawn from the PDF, page 3 with its number comes between.
    ("kakogawa.txt", "第5条(4)"): (
        "パーソナルファイアウォール(Windowsファイアウォール等)の機能を有効にし、必要な\n\n1\n",
        "\n3\n\nサービスの許可だけを最小限に設定すること。",
    ),
}
"""The sentences that a page break tears apart: the end of one page, the start of another."""

QUOTED = [
    (office, clause, sentence)
    for office in DOCUMENTS
    for clause, sentence in load_office(office).clauses.items()
] + [
    (office, rule.clause, rule.sentence)
    for office in DOCUMENTS
    for rule in (load_office(office).terms.day_before, load_office(office).terms.late)
    if rule is not None
]


def without_spaces(text: str) -> str:
    return "".join(text.split())


def test_every_office_has_its_document() -> None:
    assert set(DOCUMENTS) == set(office_ids())


def stands_in(document: str, clause: str, sentence: str) -> bool:
    text = (TERMS / document).read_text(encoding="utf-8")
    if (document, clause) not in TORN:
        return without_spaces(sentence) in without_spaces(text)
    end, start = TORN[document, clause]
    halves = end.removesuffix("\n\n1\n") + start.removeprefix("\n3\n\n")
    return halves == sentence and end in text and start in text


@pytest.mark.parametrize(("office", "clause", "sentence"), QUOTED)
def test_a_quoted_sentence_stands_in_the_document(office: str, clause: str, sentence: str) -> None:
    assert stands_in(DOCUMENTS[office], clause, sentence)


@pytest.mark.parametrize(("office", "clause", "sentence"), QUOTED)
def test_a_sentence_with_one_letter_changed_does_not(
    office: str, clause: str, sentence: str
) -> None:
    middle = len(sentence) // 2
    changed = sentence[:middle] + "〓" + sentence[middle + 1 :]
    assert not stands_in(DOCUMENTS[office], clause, changed)


@pytest.mark.parametrize(
    ("office", "clause", "first"),
    [
        ("okinawa", "第12条(4)", "(4) オンライン職業相談等の際には"),
        ("okinawa", "第12条(5)", "(5) オンライン職業相談等に先立ち"),
        ("okinawa", "第12条(6)", "(6) オンライン職業相談等を実施するための通信"),
        ("toyooka_seminar", "第3条(7)", "(7) 利用の際には、個室"),
        ("honjo", "第14条十一", "十一 オンラインによる職業相談等の録画"),
        ("honjo", "第14条十二", "十二 アンチウイルスソフトウェアの"),
        ("honjo", "第14条十三", "十三 セキュリティに関する脆弱性への"),
        ("honjo", "第14条十四", "十四 その他法令等に違反する"),
    ],
)
def test_where_numbers_differ_between_offices_the_number_is_the_documents(
    office: str, clause: str, first: str
) -> None:
    assert first in (TERMS / DOCUMENTS[office]).read_text(encoding="utf-8")
    assert clause in load_office(office).clauses


SPEAKS_OF = {
    CheckId.OS_SUPPORT: ("サポート", "脆弱性"),
    CheckId.SECURITY_UPDATES: ("パッチ", "脆弱性"),
    CheckId.FIREWALL: ("ファイアウォール",),
    CheckId.OPEN_SERVICES: ("サービスの許可",),
    CheckId.ANTIVIRUS: ("ウイルス対策ソフト", "アンチウイルスソフトウェア"),
    CheckId.INFECTION: ("侵害", "危険を及ぼす"),
    CheckId.FILE_SHARING: ("ファイル共有ソフト",),
    CheckId.RUNNING_SOFTWARE: ("不要なソフト", "録画"),
    CheckId.INTERNET: ("インターネットに接続", "通信環境"),
    CheckId.NETWORK_TRUST: ("秘匿性",),
    CheckId.WEBCAM: ("WEBカメラ",),
    CheckId.MICROPHONE: ("通信環境",),
    CheckId.MEETING_APP: ("アプリケーションを使用可能",),
    CheckId.BROWSER: ("ブラウザ", "閲覧ソフト"),
    CheckId.CONNECTION_QUALITY: ("通信環境",),
    CheckId.METERED: ("従量制", "通信料"),
    CheckId.PRIVATE_ROOM: ("個室",),
    CheckId.TERMS_CONSENT: ("同意",),
}


@pytest.mark.parametrize("office", DOCUMENTS)
@pytest.mark.parametrize("check", CheckId)
def test_the_sentence_behind_a_check_speaks_of_it(office: str, check: CheckId) -> None:
    sentence = load_office(office).sentence(check)
    if sentence is not None:
        assert any(word in without_spaces(sentence) for word in SPEAKS_OF[check])


@pytest.mark.parametrize("office", DOCUMENTS)
def test_the_rules_of_booking_say_what_the_program_takes_them_for(office: str) -> None:
    terms = load_office(office).terms
    if terms.day_before is not None:
        assert "前日までに予約" in without_spaces(terms.day_before.sentence)
    if terms.late is not None:
        assert f"{terms.late.minutes}分経過" in without_spaces(terms.late.sentence)


@pytest.mark.parametrize("office", DOCUMENTS)
def test_every_quoted_sentence_stands_behind_a_check(office: str) -> None:
    policy = load_office(office)
    cited = {requirement.clause for _, requirement in policy.asked()} - {None}
    assert cited == set(policy.clauses)


@pytest.mark.parametrize("office", DOCUMENTS)
def test_a_check_that_is_required_has_its_sentence(office: str) -> None:
    # Without the app nobody can take part in a seminar; the seminar's terms take that for granted.
    excepted = {("toyooka_seminar", CheckId.MEETING_APP)}
    policy = load_office(office)
    for check, requirement in policy.asked():
        if requirement.level in ("required", "declared") and (office, check) not in excepted:
            assert requirement.clause is not None, check
