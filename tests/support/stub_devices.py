"""GPUs that are not there, in the place of `tf.config`."""


class StubDevices:
    """See `digits.devices.Devices`; a device is its own product's name.

    Args:
        products: The GPUs.
        error: What the driver says instead.
        begun: Whether TensorFlow has begun, after which no memory can be set.
    """

    def __init__(self, products=(), *, error=None, begun=False):
        self.experimental = self
        self.grown = []
        self._products, self._error, self._begun = products, error, begun

    def list_physical_devices(self, device_type):
        assert device_type == "GPU"
        if self._error:
            raise RuntimeError(self._error)
        return list(self._products)

    def set_memory_growth(self, device, enable):
        if self._begun:
            raise RuntimeError("Physical devices cannot be modified after being initialized")
        assert enable
        self.grown.append(device)

    def get_device_details(self, device):
        return {"device_name": device} if device else {}
