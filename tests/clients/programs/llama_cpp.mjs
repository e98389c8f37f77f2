// Ask llama.cpp, through node-llama-cpp, for the token ids of texts and for greedy continuations of prompts.
//
// node llama_cpp.mjs MODULES < job.json > answer.json, where MODULES is the folder with the installed node-llama-cpp.
// Of the job: model (path of a GGUF), texts, prompts and tokens (how many to write after each prompt). The answer has
// for each text its ids and what they decode to, for each prompt the ids written after bos and prompt.
import {createRequire} from "node:module";
import {readFileSync, writeSync} from "node:fs";
import {pathToFileURL} from "node:url";

// Before node-llama-cpp is loaded: it makes standard input one that does not wait.
const job = JSON.parse(readFileSync(0, "utf8"));
const modules = createRequire(pathToFileURL(process.argv[2] + "/package.json"));
const {getLlama, LlamaLogLevel} = await import(pathToFileURL(modules.resolve("node-llama-cpp")).href);
const {version} = JSON.parse(readFileSync(
    new URL("../package.json", pathToFileURL(modules.resolve("node-llama-cpp"))), "utf8"));

// Never build, never download, whatever this machine has: the prebuilt binary for the CPU, or an error.
const llama = await getLlama({
    gpu: false, build: "never", skipDownload: true, progressLogs: false, maxThreads: 2, logLevel: LlamaLogLevel.error
});
const model = await llama.loadModel({modelPath: job.model, gpuLayers: 0, useMmap: false});
const ids = job.texts.map((text) => model.tokenize(text, false));
const answer = {
    version,
    release: llama.llamaCppRelease.release,
    bos: model.tokens.shouldPrependBosToken ? model.tokens.bos : null,
    eos: model.tokens.eos,
    context: model.trainContextSize,
    ids,
    decoded: ids.map((found) => model.detokenize(found, false)),
    greedy: []
};

const context = await model.createContext({contextSize: model.trainContextSize, sequences: 1});
const sequence = context.getSequence();
for (const prompt of job.prompts) {
    await sequence.clearHistory();
    const start = [...(answer.bos == null ? [] : [answer.bos]), ...model.tokenize(prompt, false)];
    const written = [];
    if (job.tokens > 0) {
        for await (const token of sequence.evaluate(start, {temperature: 0, yieldEogToken: true})) {
            written.push(token);
            if (written.length === job.tokens)
                break;
        }
    }
    answer.greedy.push(written);
}
const text = Buffer.from(JSON.stringify(answer));
for (let start = 0; start < text.length;) {
    try {
        start += writeSync(1, text, start);
    } catch (error) {
        if (error.code !== "EAGAIN")  // a pipe that is full for the moment
            throw error;
    }
}
await llama.dispose();
