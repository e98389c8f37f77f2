"""The first look at a new model asks it only what a text would."""

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from pipeline.core.errors import ConfigError
from pipeline.model.architecture import Vocabulary, check_model


def gpt2(size: int) -> GPT2LMHeadModel:
    torch.manual_seed(0)
    return GPT2LMHeadModel(GPT2Config(vocab_size=size, n_positions=32, n_embd=8, n_layer=1, n_head=2))


@pytest.mark.parametrize("size", [5, 34])
@pytest.mark.parametrize("document_mask", [False, True])
def test_it_is_shown_words_and_one_beginning_but_no_padding(size, document_mask):
    model, seen = gpt2(size), []
    model.register_forward_pre_hook(lambda _, __, named: seen.append(named["input_ids"]), with_kwargs=True)
    check_model(model, Vocabulary(size, 0, 1, 3), 32, document_mask)
    assert len(seen) == 3
    for tokens in seen:
        assert (tokens == 0).sum() == 1 and not torch.isin(tokens, torch.tensor([1, 3])).any()
    assert all((tokens != seen[0]).sum() == 1 for tokens in seen[1:])


def test_a_vocabulary_without_words_is_refused():
    with pytest.raises(ConfigError, match="4 tokens, fewer than two"):
        check_model(gpt2(4), Vocabulary(4, 0, 1, 3), 32, document_mask=False)
