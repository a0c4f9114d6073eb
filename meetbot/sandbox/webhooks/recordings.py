"""Cloud recordings as webhooks tell of them: started, paused, resumed, stopped, and their files some moments later."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from meetbot.sandbox import times
from meetbot.sandbox.answers import Json
from meetbot.sandbox.model import WEB, Instance, Meeting
from meetbot.sandbox.webhooks import objects
from meetbot.sandbox.webhooks.events import Event

#: Measured once after the end of a short meeting; longer recordings may take hours.
_PROCESSING = timedelta(milliseconds=450)
_TOLD = {
    "recording.start": "recording.started",
    "recording.pause": "recording.paused",
    "recording.resume": "recording.resumed",
    "recording.stop": "recording.stopped",
}
_FILES = (("MP4", "shared_screen_with_speaker_view", 250_000), ("M4A", "audio_only", 16_000))


class Recordings:
    """Each start and its stop make files of their own, under the same uuid."""

    def __init__(self) -> None:
        self._started: dict[str, datetime] = {}

    def events(self, meeting: Meeting, instance: Instance, method: str, at: datetime) -> Iterator[Event]:
        begun = self._started.setdefault(instance.uuid, at)
        of = _whose(meeting, instance)
        stopped = method == "recording.stop"
        file = {"recording_start": times.text(begun), "recording_end": times.text(at) if stopped else ""}
        yield Event(_TOLD[method], at, {"object": {**of, "recording_file": file}})
        if stopped:
            del self._started[instance.uuid]
            yield _completed(meeting, of, begun, at)


def _whose(meeting: Meeting, instance: Instance) -> Json:
    return {**objects.running(meeting, instance), "id": meeting.id, "host_email": meeting.host.email}


def _completed(meeting: Meeting, of: Json, begun: datetime, ended: datetime) -> Event:
    secret = hashlib.sha256(f"{of['uuid']}:{begun.isoformat()}".encode()).hexdigest()
    files = [_file(of["uuid"], *kind, secret, begun, ended) for kind in _FILES]
    whole = {
        **of,
        "share_url": f"{WEB}/rec/share/{secret[:24]}",
        "recording_count": len(files),
        "total_size": sum(file["file_size"] for file in files),
        "recording_files": files,
        "password": meeting.password,
        "recording_play_passcode": secret[24:48],
        "on_prem": False,
    }
    return Event("recording.completed", ended + _PROCESSING, {"object": whole}, {"download_token": secret[::-1]})


def _file(uuid: str, kind: str, what: str, rate: int, secret: str, begun: datetime, ended: datetime) -> Json:
    """`rate` is in bytes a second."""
    file_id = hashlib.sha256(f"{secret}:{what}".encode()).hexdigest()[:32]
    return {
        "id": file_id,
        "meeting_id": uuid,
        "recording_start": times.text(begun),
        "recording_end": times.text(ended),
        "file_type": kind,
        "file_extension": kind,
        "file_size": rate * int((ended - begun).total_seconds()),
        "play_url": f"{WEB}/rec/play/{file_id}",
        "download_url": f"{WEB}/rec/download/{file_id}",
        "status": "completed",
        "recording_type": what,
    }
