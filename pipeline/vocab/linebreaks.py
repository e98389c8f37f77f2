"""How a line break becomes the token <nl> and back, inside tokenizer.json, while a literal <nl> stays text.

The normaliser writes a line break as `<nl>`; a literal one gets the escape after its first character, `<<lit>nl>`,
and so does a literal escape, `<<lit>lit>`. The pre-tokenizer cuts both marks out, and the model knows them as whole
words (`ignore_merges`). The decoder turns the token `<nl>` to a line break and the token `<lit>` to nothing. An
added token cannot do this: its pattern would match the literal text as well.

    text                 tokens (GPT-2's merges)
    \\n                   <nl>
    <nl>                 <  <lit>  nl  >
    <lit>                <  <lit>  lit  >
    <<nl>                <<  <lit>  nl  >
    \\r\\n                 \\r  <nl>
"""

from dataclasses import dataclass

from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers

from pipeline.vocab.alphabet import CHARACTER

LINE_BREAK = "\n"


@dataclass(frozen=True, slots=True)
class Marks:
    """The two marks, each of the form <letters>."""

    nl: str
    escape: str

    def install(self, tokenizer: Tokenizer) -> None:
        """Set normaliser, pre-tokenizer and decoder; the model must hold both marks and ignore merges."""
        nl, escape = self.nl[1:], self.escape[1:]
        # The stubs of tokenizers type these classes' arguments loosely; the calls are checked by tests.
        tokenizer.normalizer = normalizers.Sequence(
            [
                normalizers.Replace(Regex(f"<(?={nl}|{escape})"), "<" + self.escape),
                normalizers.Replace(LINE_BREAK, self.nl),
            ]
        )
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(self.pattern()), "isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
        tokenizer.decoder = decoders.Sequence(
            [
                decoders.Replace(self.escape, ""),
                decoders.Replace(self.nl, CHARACTER[ord(LINE_BREAK)]),
                decoders.ByteLevel(),
            ]
        )

    def pattern(self) -> str:
        """GPT-2's pre-tokenisation, except that punctuation and spaces stop before a mark."""
        nl, escape = self.nl[1:], self.escape[1:]
        return (
            rf"<{nl}|<{escape}|'s|'t|'re|'ve|'m|'ll|'d| ?\p{{L}}+| ?\p{{N}}+"
            rf"| ?(?:[^\s\p{{L}}\p{{N}}<]|<(?!{nl}|{escape}))+|\s+(?=<{nl}|<{escape})|\s+(?!\S)|\s+"
        )
