// What a user of transformers.js does with a released folder: token ids, and greedy text if it holds onnx/model.onnx.
//
// node transformers_js.mjs MODULES < job.json > answer.json, where MODULES holds the installed packages. Of the job:
// folder, texts (to encode), prompts (to continue; none if there is no ONNX file), tokens (how many to write).
import {createRequire} from "node:module";
import {readFileSync} from "node:fs";
import {basename, dirname} from "node:path";
import {pathToFileURL} from "node:url";

const modules = createRequire(pathToFileURL(process.argv[2] + "/package.json"));
const load = async (name) => import(pathToFileURL(modules.resolve(name)).href);
const {AutoModelForCausalLM, AutoTokenizer, env} = await load("@huggingface/transformers");
const job = JSON.parse(readFileSync(0, "utf8"));
env.allowRemoteModels = false;
env.localModelPath = dirname(job.folder);
const name = basename(job.folder);

const tokenizer = await AutoTokenizer.from_pretrained(name);
const ids = job.texts.map((text) => tokenizer.encode(text));
const answer = {
    version: env.version,
    ids,
    decoded: ids.map((row) => tokenizer.decode(row, {skip_special_tokens: true})),
    keys: Object.keys(tokenizer("我想")).sort(),
    greedy: []
};
if (job.prompts.length) {
    const model = await AutoModelForCausalLM.from_pretrained(name, {dtype: "fp32"});
    for (const prompt of job.prompts) {
        const inputs = tokenizer(prompt);
        const length = inputs.input_ids.dims[1];
        const output = await model.generate({...inputs, do_sample: false, max_new_tokens: job.tokens});
        answer.greedy.push(tokenizer.decode(output.tolist()[0].slice(length), {skip_special_tokens: true}));
    }
}
process.stdout.write(JSON.stringify(answer));
