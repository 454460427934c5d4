"""Third-party ONVIF clients, against the simulated recorder."""

import datetime
import socket

from onvif import ONVIFCamera
from onvif.exceptions import ONVIFError
from wsdiscovery import QName
from wsdiscovery.discovery import ThreadedWSDiscovery

from table import check

GROUP = ("239.255.255.250", 3702)


def try_zeep(table, recorder):
    host, port = recorder.addresses["http"].rsplit(":", 1)
    row = lambda what, work: check(table, "onvif-zeep", what, work)
    camera = ONVIFCamera(host, int(port), recorder.user, recorder.password)
    media, ptz = camera.create_media_service(), camera.create_ptz_service()
    profiles = media.GetProfiles()
    steered = next(profile for profile in profiles if profile.PTZConfiguration)

    def device():
        info = camera.devicemgmt.GetDeviceInformation()
        return info.Model == "DS-7204HUHI-SIM", f"{info.Manufacturer} {info.Model}"

    def stream():
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        uri = media.GetStreamUri({"StreamSetup": setup, "ProfileToken": profiles[0].token}).Uri
        return uri.startswith(f"rtsp://{recorder.addresses['rtsp']}/"), uri

    def snapshot():
        uri = media.GetSnapshotUri({"ProfileToken": profiles[0].token}).Uri
        return uri.startswith(f"http://{host}:{port}/"), uri

    def presets():
        set_ = ptz.SetPreset({"ProfileToken": steered.token, "PresetName": "Gate"})
        names = [preset.Name for preset in ptz.GetPresets({"ProfileToken": steered.token})]
        ptz.GotoPreset({"ProfileToken": steered.token, "PresetToken": set_})
        return "Gate" in names, ", ".join(map(str, names))

    def move():
        velocity = {"PanTilt": {"x": 0.5, "y": 0}}
        ptz.ContinuousMove({"ProfileToken": steered.token, "Velocity": velocity})
        ptz.Stop({"ProfileToken": steered.token, "PanTilt": True, "Zoom": True})
        return True, "moved and stopped"

    def image():
        imaging = camera.create_imaging_service()
        source = {"VideoSourceToken": profiles[0].VideoSourceConfiguration.SourceToken}
        most = imaging.GetOptions(source).Brightness.Max
        imaging.SetImagingSettings({**source, "ImagingSettings": {"Brightness": 77}, "ForcePersistence": True})
        is_now = imaging.GetImagingSettings(source).Brightness
        return is_now == 77, f"brightness {is_now:.0f} of {most:.0f}"

    def relays():
        device = camera.devicemgmt
        tokens = [relay.token for relay in device.GetRelayOutputs()]
        device.SetRelayOutputState({"RelayOutputToken": tokens[0], "LogicalState": "active"})
        return len(tokens) == 2, ", ".join(tokens)

    def loudspeaker():
        token = profiles[0].token
        output = media.GetCompatibleAudioOutputConfigurations({"ProfileToken": token})[0].token
        decoder = media.GetCompatibleAudioDecoderConfigurations({"ProfileToken": token})[0].token
        media.AddAudioOutputConfiguration({"ProfileToken": token, "ConfigurationToken": output})
        media.AddAudioDecoderConfiguration({"ProfileToken": token, "ConfigurationToken": decoder})
        added = media.GetProfiles()[0].Extension
        # The schema lets elements of other namespaces come first, and some versions of zeep take ours for such.
        parts = [added.AudioOutputConfiguration, added.AudioDecoderConfiguration, *(added._value_1 or [])]
        tokens = [part.token for part in parts if part is not None]
        return tokens == [output, decoder], ", ".join(tokens)

    def events():
        point = camera.create_pullpoint_service()
        recorder.raise_event(3, "VMD", "active")
        pulled = point.PullMessages({"Timeout": datetime.timedelta(seconds=30), "MessageLimit": 10})
        # It loses the text of a topic, so the data has to tell.
        messages = [message.Message._value_1 for message in pulled.NotificationMessage]
        items = [item for message in messages for item in message.iter("{*}SimpleItem")]
        told = {item.get("Name"): item.get("Value") for item in items}
        return told.get("IsMotion") == "true", ", ".join(f"{name} {value}" for name, value in told.items())

    def wrong():
        other = ONVIFCamera(host, int(port), recorder.user, "wrong")
        try:
            other.devicemgmt.GetDeviceInformation()
        except ONVIFError as error:
            return "not Authorized" in str(error), str(error)
        return False, "let in"

    row("device info", device)
    row("profiles", lambda: (len(profiles) == 8, f"{len(profiles)} profiles"))
    row("stream address", stream)
    row("snapshot address", snapshot)
    row("presets", presets)
    row("PTZ", move)
    row("image settings", image)
    row("relay outputs", relays)
    row("loudspeaker", loudspeaker)
    row("events", events)
    row("wrong password", wrong)


def has_multicast():
    """Whether a question to the group of WS-Discovery leaves this machine's sockets at all."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.sendto(b"", GROUP)
        except OSError:
            return False
    return True


def try_discovery(table, recorder):
    """It sends to the group, and reads what comes back to each address of this machine."""
    if not has_multicast():
        table.row(None, "WSDiscovery", "search", "this machine has no network that does multicast")
        return
    video = QName("http://www.onvif.org/ver10/network/wsdl", "NetworkVideoTransmitter")

    def search():
        searching = ThreadedWSDiscovery()
        searching.start()
        try:
            found = searching.searchServices(types=[video], timeout=5)
        finally:
            searching.stop()
        places = [place for service in found for place in service.getXAddrs()]
        return f"http://{recorder.addresses['http']}/onvif/device_service" in places, ", ".join(places) or "nothing"

    check(table, "WSDiscovery", "search", search)
