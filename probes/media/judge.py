"""Can the person be seen and heard? The same on every OS."""

from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, finding, unread
from precheck.contract.reasons import Microphone, Unread, Webcam
from probes.check import Context
from probes.facts import Known, Unknown
from probes.media.facts import CameraKind, MicrophoneFacts, WebcamFacts


def judge_webcam(facts: WebcamFacts, context: Context) -> Finding:
    """A real camera passes unless it is known to be blocked or in use; evidence `count`, and `name`
    of the programs that pretend to be one where there is no other (a real camera's name can be its
    owner's).

    None, or none that is switched on, is a fail only where the list of devices was read and holds
    nothing else that might be a camera.
    """
    del context
    if isinstance(facts.cameras, Unknown):
        return unread(CheckId.WEBCAM, facts.cameras.why, facts.cameras.source)
    cameras, sources = facts.cameras.value, (facts.cameras.source,)
    kinds = [camera.kind for camera in cameras]
    real = kinds.count(CameraKind.REAL)
    if real and isinstance(facts.allowed, Known) and not facts.allowed.value:
        return finding(Webcam.DENIED, CheckId.WEBCAM, sources=(facts.allowed.source,))
    if real and isinstance(facts.in_use, Known) and facts.in_use.value:
        return finding(Webcam.IN_USE, CheckId.WEBCAM, sources=(facts.in_use.source,))
    if real:
        return finding(Webcam.PRESENT, CheckId.WEBCAM, sources=sources, count=real)
    if CameraKind.UNCLEAR in kinds:
        return unread(CheckId.WEBCAM, Unread.UNSUPPORTED, *sources)
    virtual = [camera for camera in cameras if camera.kind is CameraKind.VIRTUAL]
    if virtual:
        names = "、".join(sorted({camera.name for camera in virtual if camera.name}))
        named = {"name": names} if names else {}
        return finding(
            Webcam.VIRTUAL_ONLY,
            CheckId.WEBCAM,
            verdict=None,
            sources=sources,
            count=len(virtual),
            **named,
        )
    if kinds:
        return finding(Webcam.DISABLED, CheckId.WEBCAM, sources=sources)
    return finding(Webcam.NONE, CheckId.WEBCAM, sources=sources)


def judge_microphone(facts: MicrophoneFacts, context: Context) -> Finding:
    """A sound input passes unless programs are known to be kept from it; evidence `count`."""
    del context
    if isinstance(facts.inputs, Unknown):
        return unread(CheckId.MICROPHONE, facts.inputs.why, facts.inputs.source)
    count, source = facts.inputs.value, facts.inputs.source
    if not count and isinstance(facts.disabled, Known) and facts.disabled.value:
        return finding(Microphone.DISABLED, CheckId.MICROPHONE, sources=(facts.disabled.source,))
    if not count:
        return finding(Microphone.NONE, CheckId.MICROPHONE, sources=(source,))
    if isinstance(facts.allowed, Known) and not facts.allowed.value:
        return finding(Microphone.DENIED, CheckId.MICROPHONE, sources=(facts.allowed.source,))
    return finding(Microphone.PRESENT, CheckId.MICROPHONE, sources=(source,), count=count)
