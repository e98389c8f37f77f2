"""Any causal model folder opens, with its start and end as its maker meant them; what is none says so."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tokenizers import Tokenizer
from transformers import T5Config

from pipeline.core.errors import SourceError
from pipeline.generation.causal_model import CausalModel, is_folder, open_model
from tests.generation.models import config

Opened = Callable[[str], CausalModel]
Folder = Callable[[str], Path]


@pytest.mark.parametrize("kind", ["gpt2", "templated"])
def test_the_start_token_is_there_once_whether_the_prompt_spells_it_or_not(opened: Opened, kind: str) -> None:
    model = opened(kind)
    plain = model.encode("我想")
    assert model.start == (0,) and plain[0] == 0 and 0 not in plain[1:]
    assert model.encode("<s>我想") == model.encode("<s><s>我想") == plain
    assert model.encode("") == [0]


def test_a_literal_start_token_within_a_prompt_is_text_unless_asked_for(opened: Opened, folder_of: Folder) -> None:
    model = opened("gpt2")
    ids = model.encode("我<s>想")
    assert ids.count(0) == 1 and model.decode(ids) == "我<s>想"
    special = open_model(str(folder_of("gpt2")), config(special_tokens=True))
    assert special.encode("我<s>想").count(0) == 2


def test_a_model_that_wants_no_start_gets_none(opened: Opened) -> None:
    model = opened("llama")  # its tokenizer puts nothing there, and no wenyuan.json says otherwise
    assert model.start == ()
    assert model.encode("") == [0]  # but an empty prompt must hold something


def test_berts_tokenizer_starts_with_cls_ends_with_sep_and_writes_no_blanks(opened: Opened) -> None:
    model = opened("gpt2_chinese")
    ids = model.encode("今天天气很好")
    assert model.tokenizer.convert_ids_to_tokens(ids) == ["[CLS]", *"今天天气很好"]
    assert {model.tokenizer.convert_ids_to_tokens(id) for id in model.ends} == {"[SEP]"}
    assert (
        model.decode([*ids, *model.tokenizer.encode("gpts，我想", add_special_tokens=False)])
        == "今天天气很好 gpts ，我想"
    )


def test_a_line_break_can_be_spelled_as_the_tutorial_does(opened: Opened) -> None:
    model = opened("gpt2")
    ids = model.encode("今天<nl>天气<nl><nl>好")
    assert ids == model.encode("今天\n天气\n\n好") and model.decode(ids[1:]) == "今天\n天气\n\n好"
    # A model that spells it out, letter by letter, means a line break too.
    spelled = [id for part in ("天", "<", "nl", ">", "好") for id in model.encode(part)[1:]]
    assert model.decode(spelled) == "天\n好"


def test_a_model_that_was_trained_on_marks_reads_and_writes_marks(folder_of: Folder, tmp_path: Path) -> None:
    folder = half(folder_of("llama"), tmp_path / "marked", lambda _: None)
    path = Path(folder) / "tokenizer.json"
    written = json.loads(path.read_text(encoding="utf-8"))
    mark = 299  # one of the words: the tutorial adds its mark as a special token
    old = next(word for word, id in written["model"]["vocab"].items() if id == mark)
    written["model"]["vocab"]["<nl>"] = written["model"]["vocab"].pop(old)
    written["model"]["merges"] = [pair for pair in written["model"]["merges"] if "".join(pair) != old]
    path.write_text(json.dumps(written), encoding="utf-8")
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.add_special_tokens(["<nl>"])
    tokenizer.save(str(path))
    model = open_model(folder, config())
    ids = model.encode("今天<nl>好")
    assert model.line_break == mark and ids.count(mark) == 1
    assert ids == [*model.encode("今天"), mark, *model.encode("好")] and model.decode(ids) == "今天\n好"
    assert model.encode("<nl>")[-1] == mark and model.decode([mark, mark]) == "\n\n"


@pytest.mark.parametrize("kind", ["masked", "head"])
def test_a_model_that_sees_what_comes_after_is_refused(folder_of: Folder, kind: str) -> None:
    with pytest.raises(SourceError, match="this bert model sees the words to come; name a causal one"):
        open_model(str(folder_of(kind)), config())


def test_an_encoder_with_a_decoder_is_refused(tmp_path: Path) -> None:
    T5Config(d_model=8, num_layers=1).save_pretrained(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(SourceError, match="a t5 model does not continue text; name a causal one"):
        open_model(str(tmp_path), config())


def half(folder: Path, out: Path, spoil: Callable[[Path], object]) -> str:
    shutil.copytree(folder, out)
    spoil(out)
    return str(out)


def cut_weights(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])


def lose_weights(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    save_file({k: v for k, v in weights.items() if ".h.1." not in k}, folder / "model.safetensors", {"format": "pt"})


def shard(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    index = {"metadata": {}, "weight_map": {"a": "model-00001-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "config.json").unlink(), r"config\.json: no such file; .* or half of one"),
        (lambda folder: (folder / "config.json").write_text("{"), "no model can be opened: "),
        (lambda folder: (folder / "model.safetensors").unlink(), r"model\.safetensors: no such file; .* half a"),
        (cut_weights, "its weights cannot be read: "),
        (lose_weights, r"12 weights are missing, transformer\.h\.1\.attn\.c_attn\.bias among them: half a model\?"),
        (shard, r"model-00001-of-00002\.safetensors: no such file; .* half a model"),
        (lambda folder: (folder / "tokenizer.json").write_text("{"), "its tokenizer cannot be read: "),
    ],
)  # fmt: skip
def test_a_half_written_folder_says_what_it_lacks(
    folder_of: Folder, tmp_path: Path, spoil: Callable[[Path], object], message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        open_model(half(folder_of("gpt2"), tmp_path / "half", spoil), config())


def test_a_tokenizer_of_another_run_is_refused(folder_of: Folder, tmp_path: Path) -> None:
    folder = half(folder_of("gpt2_chinese"), tmp_path / "mixed", lambda _: None)
    for path in folder_of("gpt2").glob("tokenizer*"):
        shutil.copy(path, folder)
    (Path(folder) / "vocab.txt").unlink()
    with pytest.raises(SourceError, match=r"the tokenizer has 300 tokens, the model \d+: not of one run"):
        open_model(folder, config())


def bring_code(folder: Path) -> None:
    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    settings |= {
        "model_type": "stranger",
        "auto_map": {"AutoConfig": "own.Config", "AutoModelForCausalLM": "own.Model"},
    }
    (folder / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    (folder / "own.py").write_text("raise SystemExit('run')\n", encoding="utf-8")


def test_a_model_with_python_of_its_own_is_refused_unasked(folder_of: Folder, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no model can be opened: .*custom code"):
        open_model(half(folder_of("gpt2"), tmp_path / "strange", bring_code), config())


def test_a_file_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    with pytest.raises(SourceError, match=r"model\.gguf: a file; name the model's folder in Hugging Face layout"):
        open_model(str(tmp_path / "model.gguf"), config())


def test_a_mistyped_path_is_no_model_of_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").mkdir()
    for location in ("models/modle", "./models", str(tmp_path / "none"), "../x"):
        if Path(location).is_dir():
            assert is_folder(location)
            continue
        with pytest.raises(SourceError, match="no such folder; run `make repro`"):
            is_folder(location)
    assert not is_folder("uer/gpt2-chinese-cluecorpussmall")
    assert not is_folder("gpt2")
