"""How a line break becomes the token <nl> and back, inside tokenizer.json, while a literal <nl> stays text.

The normaliser writes a line break as `<nl>`; a literal one gets the escape after its first character, `<<lit>nl>`,
and so does a literal escape, `<<lit>lit>`. The pre-tokenizer cuts both marks out, and the model knows them as whole
words (`ignore_merges`). The decoder turns the token `<nl>` to a line break and the token `<lit>` to nothing. An
added token cannot do this: its pattern would match the literal text as well.

    text                 tokens (GPT-2's merges)
    \\n                   <nl>
    \\n\\n                 <nl><nl>  (one token, with blank_line)
    <nl>                 <  <lit>  nl  >
    <lit>                <  <lit>  lit  >
    <<nl>                <<  <lit>  nl  >
    \\r\\n                 \\r  <nl>
"""

from dataclasses import dataclass

from tokenizers import Regex, Tokenizer, decoders, normalizers

from pipeline.vocab.alphabet import CHARACTER

LINE_BREAK = "\n"


@dataclass(frozen=True, slots=True)
class Marks:
    """The two marks, each of the form <letters>."""

    nl: str
    escape: str
    blank_line: bool
    """Whether two line breaks in a row are one token, the mark written twice."""

    @property
    def tokens(self) -> list[str]:
        """The tokens that only marks give, in the order of their ids."""
        return [self.nl, *([self.nl * 2] if self.blank_line else []), self.escape]

    @property
    def tails(self) -> str:
        """A pattern for what follows the `<` of a mark."""
        return f"{self.nl[1:]}|{self.escape[1:]}"

    @property
    def pattern(self) -> str:
        """A pattern for one token of marks."""
        twice = f"(?:{self.nl}){{2}}|" if self.blank_line else ""
        return f"{twice}<(?:{self.tails})"

    def install(self, tokenizer: Tokenizer) -> None:
        """Set normaliser and decoder; the model must hold the marks' tokens and ignore merges."""
        # The stubs of tokenizers type these classes' arguments loosely; the calls are checked by tests.
        tokenizer.normalizer = normalizers.Sequence(
            [
                normalizers.Replace(Regex(f"<(?={self.tails})"), "<" + self.escape),
                normalizers.Replace(LINE_BREAK, self.nl),
            ]
        )
        tokenizer.decoder = decoders.Sequence(
            [
                decoders.Replace(self.escape, ""),
                decoders.Replace(self.nl, CHARACTER[ord(LINE_BREAK)]),
                decoders.ByteLevel(),
            ]
        )
