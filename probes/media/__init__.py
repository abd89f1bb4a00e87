"""webcam, microphone: can the person be seen and heard?

Serve 第2条(2): 「WEBカメラによる通信が可能な端末」, and 第12条(4).

Sources:
- Linux: `/sys/class/video4linux` and what its nodes hang on; `/proc/asound/pcm` and
  `/proc/asound/cards`; `/sys/class/bluetooth` for a headset that no sound card shows.
- Windows: the device interfaces of cameras and the audio service's list of endpoints; ConsentStore
  and the AppPrivacy policy for what programs may use, and for who uses the camera.
- macOS: `system_profiler -json SPCameraDataType` and `SPAudioDataType`; the list of system
  extensions for programs that make cameras.

No device is opened. So on Linux and macOS nobody can say whether this user may open the camera or
whether another program has; the preview on the page shows it.
"""

from precheck.contract.checks import CheckId
from precheck.contract.verdict import OsFamily
from probes.check import Check
from probes.media import linux, macos, windows
from probes.media.facts import MicrophoneFacts, WebcamFacts
from probes.media.judge import judge_microphone, judge_webcam

webcam: Check[WebcamFacts] = Check(
    id=CheckId.WEBCAM,
    observe={
        OsFamily.LINUX: linux.observe_webcam,
        OsFamily.WINDOWS: windows.observe_webcam,
        OsFamily.MACOS: macos.observe_webcam,
    },
    judge=judge_webcam,
    deadline=15.0,
)

microphone: Check[MicrophoneFacts] = Check(
    id=CheckId.MICROPHONE,
    observe={
        OsFamily.LINUX: linux.observe_microphone,
        OsFamily.WINDOWS: windows.observe_microphone,
        OsFamily.MACOS: macos.observe_microphone,
    },
    judge=judge_microphone,
    deadline=15.0,
)

__all__ = ["microphone", "webcam"]
