"""microphone on Linux: sound cards with an input, as the kernel lists them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import Microphone, Unread
from precheck.contract.verdict import Verdict
from probes.facts import Known
from probes.media import microphone
from probes.media.facts import MicrophoneFacts
from probes.media.judge import judge_microphone
from probes.media.linux import parse_capture_cards, parse_silent_cards
from probes.system.questions import ListFolder, ReadFile
from tests.machines import composed, context

PCM, CARDS = ReadFile("/proc/asound/pcm"), ReadFile("/proc/asound/cards")
FOLDER, BLUETOOTH = ListFolder("/proc/asound"), ListFolder("/sys/class/bluetooth")
KERNEL = {ReadFile("/proc/version"): b"Linux version 6.1.0-13-amd64"}

# The lines below follow the kernel's own format (sound/core/pcm.c and init.c); card names as they
# are found on laptops, desktops and USB devices. Composed.
LAPTOP = (
    b"00-00: ALC257 Analog : ALC257 Analog : playback 1 : capture 1\n"
    b"00-03: HDMI 0 : HDMI 0 : playback 1\n"
)
LAPTOP_CARDS = (
    b" 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n"
    b"                      HDA Intel PCH at 0xd1330000 irq 145\n"
)
DIGITAL = b"07-06: DMIC (*) :  : capture 1\n"
HEADSET = b"01-00: USB Audio : USB Audio : playback 1 : capture 1\n"
SCREEN = b"00-03: HDMI 0 : HDMI 0 : playback 1\n"
LOOPBACK = (
    b"02-00: Loopback PCM : Loopback PCM : playback 8 : capture 8\n"
    b"02-01: Loopback PCM : Loopback PCM : playback 8 : capture 8\n"
)
LOOPBACK_CARDS = b" 2 [Loopback       ]: Loopback - Loopback\n                      Loopback 1\n"


def found(pcm: object = LAPTOP, cards: object = LAPTOP_CARDS, **answers: object):
    machine = {PCM: pcm, CARDS: cards, **answers.get("answers", {})}
    return microphone.run(composed(machine), context())


@pytest.mark.parametrize(
    ("pcm", "count"),
    [(LAPTOP, 1), (DIGITAL, 1), (HEADSET, 1), (LAPTOP + HEADSET, 2), (LAPTOP + DIGITAL, 2)],
)
def test_every_card_with_an_input_counts_once(pcm: bytes, count: int) -> None:
    finding = found(pcm)
    assert (finding.reason, finding.evidence) == (Microphone.PRESENT, {"count": count})


def test_a_card_without_an_input_is_no_microphone() -> None:
    finding = found(SCREEN)
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, Microphone.NONE)
    assert found(b"").reason == Microphone.NONE


def test_the_word_capture_in_a_name_is_no_input() -> None:
    assert found(b"00-00: capture 1 : HD capture 2 : playback 1\n").reason == Microphone.NONE


def test_a_loopback_card_hears_no_voice() -> None:
    assert found(LOOPBACK, LOOPBACK_CARDS).reason == Microphone.NONE
    both = found(LAPTOP + LOOPBACK, LAPTOP_CARDS + LOOPBACK_CARDS)
    assert both.evidence == {"count": 1}
    renamed = LOOPBACK_CARDS.replace(b"[Loopback ", b"[Mikrofon ")
    assert found(LOOPBACK, renamed).reason == Microphone.NONE


def test_inputs_on_cards_that_cannot_be_named_are_unknown() -> None:
    assert found(LAPTOP, Unread.DENIED).reason == Unread.DENIED
    assert found(SCREEN, Unread.DENIED).reason == Microphone.NONE


def test_a_kernel_without_sound_has_no_microphone() -> None:
    assert found(Unread.MISSING, answers=KERNEL).reason == Microphone.NONE
    only_cards = {FOLDER: ("cards", "version")}
    assert found(Unread.MISSING, answers=only_cards).reason == Microphone.NONE


def test_a_sound_folder_that_was_hidden_says_nothing() -> None:
    hidden = {FOLDER: (), **KERNEL}
    assert found(Unread.MISSING, answers=hidden).reason == Unread.MISSING
    refused = {FOLDER: Unread.DENIED, **KERNEL}
    assert found(Unread.MISSING, answers=refused).verdict is Verdict.UNKNOWN


def test_where_bluetooth_is_connected_a_headset_may_be_the_microphone() -> None:
    connected = {BLUETOOTH: ("hci0", "hci0:12")}
    assert found(SCREEN, answers=connected).reason == Unread.UNSUPPORTED
    assert found(LAPTOP, answers=connected).reason == Microphone.PRESENT
    assert found(SCREEN, answers={BLUETOOTH: ("hci0",)}).reason == Microphone.NONE


@pytest.mark.parametrize("why", [Unread.DENIED, Unread.TIMED_OUT, Unread.GARBLED])
def test_a_list_that_cannot_be_read_is_never_none(why: Unread) -> None:
    assert found(why).reason == why


def test_without_proc_it_cannot_be_told() -> None:
    assert microphone.run(composed({}), context()).reason == Unread.MISSING


def test_where_an_os_keeps_programs_from_it_that_is_a_fail() -> None:
    def judged(inputs: int, allowed: bool, disabled: int = 0):
        facts = MicrophoneFacts(Known(inputs, "t"), Known(allowed, "t"), Known(disabled, "t"))
        return judge_microphone(facts, context()).reason

    assert judged(1, True) == Microphone.PRESENT
    assert judged(1, False) == Microphone.DENIED
    assert judged(0, False) == Microphone.NONE
    assert judged(0, False, disabled=1) == Microphone.DISABLED
    assert judged(1, True, disabled=1) == Microphone.PRESENT


@pytest.mark.parametrize(
    "raw",
    [b"\n", b"garbage\n", b"00-00: x : y\n", b"0-0: x : y : capture 1\n", "録音".encode("cp932")],
)
def test_what_is_no_list_of_devices_is_not_read_as_one(raw: bytes) -> None:
    assert parse_capture_cards(raw) is None
    assert found(raw).reason == Unread.GARBLED


@given(st.binary(max_size=200) | st.text(max_size=80).map(str.encode))
def test_garbage_for_the_devices_is_never_a_pass(raw: bytes) -> None:
    cards = parse_capture_cards(raw)
    assert not cards
    assert found(raw).verdict is not Verdict.PASS


@given(st.binary(max_size=200))
def test_garbage_for_the_cards_hides_no_microphone_and_never_crashes(raw: bytes) -> None:
    silent = parse_silent_cards(raw)
    assert not silent
    assert found(LAPTOP, raw).verdict in (Verdict.PASS, Verdict.UNKNOWN)
