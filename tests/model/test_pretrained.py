"""The base model under our tokenizer: what was known stays known, to float tolerance."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from pipeline.core.errors import ConfigError, ContractError
from pipeline.model.architecture import Vocabulary
from pipeline.model.pretrained import _draw, pretrained_model
from pipeline.schema.model import Activation, ModelConfig

SHAPE = ModelConfig("GPT2Config", {}, 2, 2, 16, None, Activation.gelu_new, 0.0, 0.02, tied=True)
KEPT = {0: 9, 1: 4, 2: 7, 3: 0}  # new id -> base id
PLAN = [[9], [4], [7], [0], [1, 2], []]  # 4 is new, made of two; 5 has no base
VOCABULARY = Vocabulary(size=6, bos=0, eos=0, pad=5)


@pytest.fixture(params=[True, False], ids=["tied", "untied"])
def tied(request):
    return request.param


@pytest.fixture
def base(tmp_path, tied):
    torch.manual_seed(3)
    config = GPT2Config(vocab_size=10, n_positions=12, n_embd=16, n_layer=2, n_head=2, initializer_range=0.5,
                        tie_word_embeddings=tied, bos_token_id=0, eos_token_id=0)  # fmt: skip
    model = GPT2LMHeadModel(config).eval()
    model.save_pretrained(tmp_path / "base")
    return model


def write_plan(path, lists, start="mean"):
    table = {"id": pa.array(range(len(lists)), pa.int32()), "base_ids": pa.array(lists, pa.list_(pa.int32()))}
    pq.write_table(pa.table(table).replace_schema_metadata({"embeddings": start}), path)
    return path


def extended(tmp_path, tied, context=8, lists=PLAN, start="mean"):
    plan = write_plan(tmp_path / "plan.parquet", lists, start)
    return pretrained_model(tmp_path / "base", plan, replace(SHAPE, tied=tied), context, VOCABULARY).eval()


@pytest.mark.parametrize("start", ["mean", "normal"])
def test_logits_of_kept_tokens_do_not_change(base, tmp_path, tied, start):
    model = extended(tmp_path, tied, start=start)
    ours = torch.tensor([[0, 1, 2, 3, 2, 1, 0, 3]])
    theirs = ours.clone().apply_(KEPT.__getitem__)
    with torch.no_grad():
        found, expected = model(ours).logits, base(theirs).logits
    torch.testing.assert_close(found[..., list(KEPT)], expected[..., list(KEPT.values())])


def test_a_new_token_starts_as_the_mean_of_its_parts_or_of_all(base, tmp_path, tied):
    rows = extended(tmp_path, tied).transformer.wte.weight
    old = base.transformer.wte.weight
    torch.testing.assert_close(rows[4], (old[1] + old[2]) / 2)
    torch.testing.assert_close(rows[5], old.mean(0))
    assert torch.equal(rows[1], old[4])


def test_the_output_rows_start_as_the_input_rows_do(base, tmp_path, tied):
    rows, old = extended(tmp_path, tied).lm_head.weight, base.lm_head.weight
    torch.testing.assert_close(rows[4], (old[1] + old[2]) / 2)
    torch.testing.assert_close(rows[5], old.mean(0))


def test_drawn_rows_follow_the_seed_and_keep_the_kept(base, tmp_path, tied):
    drawn = []
    for seed in (5, 5, 6):
        torch.manual_seed(seed)
        drawn.append(extended(tmp_path, tied, start="normal").transformer.wte.weight.detach())
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.isclose(drawn[0][4:], drawn[2][4:]).any()
    assert torch.equal(drawn[0][:4], base.transformer.wte.weight[list(KEPT.values())])


def test_drawn_rows_have_the_tables_mean_and_covariance():
    torch.manual_seed(0)
    table = (
        torch.randn(500, 3, dtype=torch.float64) @ torch.tensor([[2.0, 1, 0], [0, 0.5, 0], [0, 0, 0]]).double() + 7
    )
    rows = _draw(table, 20000)
    torch.testing.assert_close(rows.mean(0), table.mean(0), atol=0.1, rtol=0)
    torch.testing.assert_close(rows.T.cov(), table.T.cov(), atol=0.15, rtol=0)


def test_the_context_is_cut_and_never_stretched(base, tmp_path, tied):
    positions = extended(tmp_path, tied, context=8).transformer.wpe.weight
    assert torch.equal(positions, base.transformer.wpe.weight[:8])
    with pytest.raises(ConfigError, match=r"pack\.context is 13, but the base model in .* has 12 positions"):
        extended(tmp_path, tied, context=13)


def test_a_base_without_a_model_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"set base\.model"):
        extended(tmp_path, tied=True)


@pytest.mark.usefixtures("base")
def test_a_plan_that_does_not_fit_is_named(tmp_path, tied):
    with pytest.raises(ContractError, match="ids are not 0 to 5 in order"):
        extended(tmp_path, tied, lists=PLAN[:5])
    with pytest.raises(ContractError, match="base id 10, but the base model has 10 tokens"):
        extended(tmp_path, tied, lists=[[10], *PLAN[1:]])
    with pytest.raises(ContractError, match="its metadata says embeddings='zeros'; run the tokenizer stage again"):
        extended(tmp_path, tied, start="zeros")
