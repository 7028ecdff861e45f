"""The devices that have reported: what each is, and whether it is there."""

from litestar import get

from readiness_coordinator import needs
from readiness_coordinator.store import devices
from readiness_coordinator.store.devices import DeviceRow


@get("/devices", sync_to_thread=True)
def index(store: needs.Store) -> list[DeviceRow]:
    with store.read() as c:
        return devices.list_devices(c)
