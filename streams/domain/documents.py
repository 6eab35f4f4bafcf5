"""Documents: values of ours as JSON and back, in the form in which the ledger keeps them."""

from typing import Generic, TypeVar

from msgspec.json import Decoder, Encoder

Value = TypeVar("Value")


class Document(Generic[Value]):
    """Writes and reads the documents of one kind of value, a frozen dataclass.

    What is kept is what pydantic writes of the same value, which the forms for ever of the tests
    hold; it takes a third of the time. Reading anything else raises `msgspec.ValidationError`.
    """

    def __init__(self, kind: type[Value]) -> None:
        """Prepare for one kind of value."""
        self._decoder: Decoder[Value] = Decoder(kind)
        self._encoder = Encoder()

    def dump_json(self, value: Value) -> bytes:
        """Write a value."""
        return self._encoder.encode(value)

    def validate_json(self, document: bytes) -> Value:
        """Read a value that was written."""
        return self._decoder.decode(document)
