"""What the card calls figures and hyperparameters, in Chinese; an unlisted key is shown as it is, in code."""

FIGURES = {
    "steps": "步数",
    "epochs": "遍数",
    "positions": "位置数",
    "tokens": "其中词元数",
    "text_share": "有文字的位置占比",
    "skipped_steps": "跳过的步数",
    "parameters": "参数量",
    "train_loss": "训练损失",
    "validation_loss": "验证损失",
    "validation_bits_per_character": "验证集 比特／字",
}
"""Of train's metrics."""

SAMPLING = {
    "max_new_tokens": "最多续写词元",
    "temperature": "温度",
    "top_k": "top-k",
    "top_p": "top-p",
    "repetition_penalty": "重复惩罚",
}

HYPERPARAMETERS = {
    "model.config_class": "模型结构",
    "model.arguments": "结构的其他参数",
    "model.layers": "层数",
    "model.heads": "注意力头数",
    "model.width": "向量宽度",
    "model.inner": "前馈层宽度（空：四倍向量宽度）",
    "model.activation": "激活函数",
    "model.dropout": "随机失活率",
    "model.init_std": "初始权重的标准差",
    "model.tied": "输入输出共用词向量",
    "train.init": "起点",
    "train.steps": "训练步数",
    "train.phases": "训练阶段（空：只有一个）",
    "train.batch_size": "每批块数",
    "train.accumulation": "梯度累积",
    "train.ranks": "并行进程数",
    "train.document_mask": "文档之间互不可见",
    "train.optimizer": "优化器",
    "train.lr": "学习率",
    "train.muon_lr": "Muon 学习率",
    "train.momentum": "动量",
    "train.beta1": "AdamW 的 β₁",
    "train.beta2": "AdamW 的 β₂",
    "train.weight_decay": "权重衰减",
    "train.clip": "梯度裁剪（空：不裁）",
    "train.schedule": "学习率曲线",
    "train.warmup_steps": "预热步数",
    "train.decay_share": "退火步数占比",
    "train.final_share": "最终学习率占比",
    "train.bad_step": "遇到坏步时",
    "train.max_loss_ratio": "损失突增的上限倍数",
    "train.validation_steps": "每隔几步验证",
    "train.validation_blocks": "验证块数（空：全部）",
    "train.log_steps": "每隔几步记录",
    "train.checkpoint_steps": "每隔几步存检查点",
    "train.live": "实时记录",
    "train.precision": "数值精度",
    "train.compile": "编译模型",
    "train.device": "设备",
    "train.threads": "线程数",
    "train.deterministic": "只用确定性算法",
    "train.seed": "随机种子",
    "pack.packing": "装箱方式",
    "pack.context": "上下文长度",
    "pack.shard_blocks": "每个分片的块数",
    "tokenizer.method": "新词元的来法",
    "tokenizer.vocab_size": "词表大小（空：由词数定）",
    "tokenizer.min_frequency": "最低频次",
    "tokenizer.max_repeats": "一篇之内最多计几次",
    "tokenizer.max_token_chars": "词元最长字数",
    "tokenizer.sample_chars": "学习样本的字数（空：全部）",
    "tokenizer.digits": "数字的切法",
    "tokenizer.punctuation": "标点的切法",
    "tokenizer.boundaries": "学习时的词界",
    "tokenizer.traditional": "补上繁体词元",
    "tokenizer.keep_base": "基座词元的去留",
    "tokenizer.base_min_count": "基座词元的最低频次",
    "tokenizer.word_files": "词表文件",
    "tokenizer.max_words": "最多加词数",
    "tokenizer.embeddings": "新词元的初始向量",
    "tokenizer.nl": "教程里的换行写法",
    "tokenizer.bos": "文档边界",
    "tokenizer.pad": "补位",
    "tokenizer.more": "其他特殊词元",
}
"""Dotted key of params.yaml -> name."""


def named(labels: dict[str, str], key: str) -> str:
    """The label of `key`; of `model.arguments.rope_theta` that of its nearest parent, with the rest behind it."""
    head, rest = key, ""
    while head and head not in labels:
        head, _, last = head.rpartition(".")
        rest = f"{last}.{rest}" if rest else last
    if not head:
        return f"`{key}`"
    return f"{labels[head]}：`{rest}`" if rest else labels[head]
