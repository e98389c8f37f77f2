"""The card's clients: those that read what was released, with what each of them needs."""

from pipeline.card.clients import CLIENTS, Reads, for_card
from pipeline.schema.release import Format

BOTH = [Format.safetensors, Format.gguf]


def test_a_release_with_gguf_names_llama_cpp_and_none_names_readers_of_data() -> None:
    folder = [client.package for client in CLIENTS if client.reads is Reads.folder]
    gguf = [client.package for client in CLIENTS if client.reads is Reads.gguf]
    assert [name for name, _, _ in for_card(BOTH, "<s>")] == [*folder, *gguf]
    assert [name for name, _, _ in for_card([Format.safetensors], "<s>")] == folder
    assert "datasets" not in folder and "node-llama-cpp" in gguf


def test_needs_name_the_release_s_own_token() -> None:
    needs = {name: text for name, _, text in for_card(BOTH, "<文>")}
    assert needs["lm_eval"].endswith("add_bos_token=False，否则 <文> 算两次")
    assert "{bos}" not in "".join(needs.values())


def test_each_client_of_the_model_says_what_it_needs_and_no_two_are_one() -> None:
    assert [client.package for client in CLIENTS if client.reads is not Reads.documents and not client.needs] == []
    assert len({client.package for client in CLIENTS}) == len(CLIENTS)
    assert all(client.versions for client in CLIENTS)
