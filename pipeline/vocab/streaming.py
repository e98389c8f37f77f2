"""Text from tokens as they come, for a console or a page: whole characters only, never half of one."""

import codecs
from pathlib import Path

from pipeline.tokens.tokenizer_folder import Special, open_tokenizer
from pipeline.vocab.alphabet import BYTE
from pipeline.vocab.linebreaks import LINE_BREAK


class StreamingDecoder:
    """`push` ids one by one and show what it gives; `close` at the end.

    All that it gave, joined, is what the tokenizer decodes from all ids with the special tokens left out. Bytes that
    are no UTF-8 become U+FFFD, as they do there.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` is the tokenizer stage's or a model's; SourceError names what it lacks."""
        opened = open_tokenizer(folder)
        self._tokenizer, self._nl = opened.tokenizer, opened.token(Special.nl)
        silent = (Special.escape, Special.bos, Special.eos, Special.pad)
        self._silent = {opened.token(special) for special in silent} | set(opened.more)
        self._bytes = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def push(self, id: int) -> str:
        """The characters that are whole with this token; often none."""
        return self._bytes.decode(self._raw(id))

    def close(self) -> str:
        """U+FFFD if the last character was never finished; the decoder can then begin anew."""
        rest = self._bytes.decode(b"", final=True)
        self._bytes.reset()
        return rest

    def _raw(self, id: int) -> bytes:
        token = self._tokenizer.id_to_token(id)
        if token is None or token in self._silent:
            return b""
        if token in (self._nl, self._nl * 2):
            return token.replace(self._nl, LINE_BREAK).encode()
        if all(character in BYTE for character in token):
            return bytes(BYTE[character] for character in token)
        return str(token).encode()  # a word of a list
