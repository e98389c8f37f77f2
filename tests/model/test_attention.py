"""The attention used in training gives the numbers of transformers' own."""

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, MistralConfig

from pipeline.model.attention import (
    DOCUMENT_PRODUCTS,
    FUSED,
    PRODUCTS,
    choose_attention,
    document_positions,
)  # fmt: skip

GPT2 = GPT2Config(vocab_size=60, n_embd=32, n_head=4, n_layer=2, n_positions=24, bos_token_id=0, eos_token_id=0)
LLAMA = LlamaConfig(
    vocab_size=60, hidden_size=32, num_attention_heads=4, num_key_value_heads=2, num_hidden_layers=2,
    intermediate_size=48, max_position_embeddings=24, bos_token_id=0, eos_token_id=0,
)  # fmt: skip


@pytest.fixture(params=["gpt2", "llama"])
def model(request):
    torch.manual_seed(3)
    made = GPT2LMHeadModel(GPT2) if request.param == "gpt2" else LlamaForCausalLM(LLAMA)
    return made.eval()


def blocks():
    torch.manual_seed(4)
    inputs = torch.randint(1, 60, (3, 24))
    inputs[0, [0, 9, 15]] = 0
    inputs[1, 0] = 0
    return inputs


def logits(model, name, inputs, documents=False):
    model.set_attn_implementation(name)
    positions = document_positions(inputs, 0) if documents else None
    with torch.no_grad():
        return model(input_ids=inputs, position_ids=positions, use_cache=False).logits


@pytest.mark.parametrize("products", [True, False])
def test_causal_attention_without_a_mask_is_transformers_own(model, products):
    name = choose_attention(model.config, products, document_mask=False)
    assert name == (PRODUCTS if products else FUSED)
    torch.testing.assert_close(logits(model, name, blocks()), logits(model, "eager", blocks()))


@pytest.mark.parametrize("products", [True, False])
@pytest.mark.parametrize("compiled", [True, False])
def test_changing_one_document_leaves_the_logits_of_the_others(model, products, compiled):
    name = choose_attention(model.config, products, document_mask=True)
    assert name == (DOCUMENT_PRODUCTS if products else "sdpa")
    run = torch.compile(logits, dynamic=False, backend="aot_eager") if compiled else logits
    inputs = blocks()
    before = run(model, name, inputs, documents=True)
    changed = inputs.clone()
    changed[0, 10:15] = torch.tensor([7, 8, 9, 10, 11])
    after = run(model, name, changed, documents=True)
    assert torch.equal(after[0, :9], before[0, :9])
    torch.testing.assert_close(after[0, 15:], before[0, 15:], rtol=0, atol=1e-6)
    torch.testing.assert_close(after[1:], before[1:], rtol=0, atol=1e-6)
    assert (after[0, 10:15] - before[0, 10:15]).abs().max() > 0.01


def test_a_document_has_the_logits_that_it_has_alone(model):
    inputs = blocks()
    packed = logits(model, choose_attention(model.config, True, document_mask=True), inputs, documents=True)
    alone = logits(model, "eager", inputs[:1, 9:15])
    torch.testing.assert_close(packed[0, 9:15], alone[0], rtol=0, atol=1e-5)


def test_positions_start_anew_at_each_beginning():
    assert document_positions(torch.tensor([[5, 6, 0, 7, 0, 0, 8]]), 0).tolist() == [[0, 1, 0, 1, 0, 0, 1]]


def test_a_model_with_a_sliding_window_keeps_transformers_masks():
    assert choose_attention(MistralConfig(sliding_window=16), products=False, document_mask=False) == "sdpa"
