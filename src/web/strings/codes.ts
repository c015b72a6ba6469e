/** @table What each code of an error, of a row and of an abstention says, and what can be done, in each language. */
import type { ErrorCode } from "../../core/errors.ts";
import type { AbstainCode } from "../../core/prediction.ts";
import type { Problem } from "../../data/row.ts";

type Codes = `code.${ErrorCode}` | `codeHint.${ErrorCode}` | `abstain.${AbstainCode}` | `row.${Problem["code"]}`;

/** A code without its words does not compile. */
export const CODE_STRINGS = {
  "code.aborted": { en: "It was stopped.", zh: "已停止。" },
  "codeHint.aborted": { en: "Start it again if you want to.", zh: "需要时可重新开始。" },
  "code.busy": { en: "The server is busy.", zh: "服务器繁忙。" },
  "codeHint.busy": { en: "Try again in a moment.", zh: "请稍后重试。" },
  "code.checkpoint": { en: "The state of the training could not be read.", zh: "无法读取训练状态。" },
  "codeHint.checkpoint": { en: "Start the training anew.", zh: "请重新开始训练。" },
  "code.config": { en: "A setting is wrong.", zh: "某项设置有误。" },
  "codeHint.config": {
    en: "The details name it; correct it and try again.",
    zh: "详细信息中说明了是哪一项，请更正后重试。",
  },
  "code.conflict": { en: "It does not fit what is there already.", zh: "与已有的内容冲突。" },
  "codeHint.conflict": {
    en: "Load the page again; take another name where one is taken.",
    zh: "请重新加载页面；如果名称已被使用，请换一个。",
  },
  "code.content-type": { en: "This kind of file is not known here.", zh: "无法识别此类文件。" },
  "codeHint.content-type": {
    en: "Use JPEG, PNG, WAV, MP3, MP4, TXT or CSV.",
    zh: "请使用 JPEG、PNG、WAV、MP3、MP4、TXT 或 CSV。",
  },
  "code.contract": { en: "The model does not say how it is to be used.", zh: "模型缺少使用说明。" },
  "codeHint.contract": { en: "Use a model that affekt has made.", zh: "请使用由 affekt 生成的模型。" },
  "code.data": { en: "The examples cannot be used as they are.", zh: "样本无法直接使用。" },
  "codeHint.data": { en: "The details say what is wrong with them.", zh: "详细信息中说明了问题所在。" },
  "code.deadline": { en: "It took too long.", zh: "处理时间过长。" },
  "codeHint.deadline": {
    en: "Try again in a moment, or cut it into parts.",
    zh: "请稍后重试，或拆分后再试。",
  },
  "code.diverged": {
    en: "The training went astray: its loss is no number any more.",
    zh: "训练发散：损失不再是有效数值。",
  },
  "codeHint.diverged": { en: "Train again with a lower learning rate.", zh: "请降低学习率后重新训练。" },
  "code.file": { en: "A file could not be read or written.", zh: "无法读取或写入文件。" },
  "codeHint.file": { en: "Check that it is there, and try again.", zh: "请确认文件存在，然后重试。" },
  "code.forbidden": { en: "You are not allowed to do this here.", zh: "您无权在此执行此操作。" },
  "codeHint.forbidden": {
    en: "Use a key that may do it, or ask whoever runs this server.",
    zh: "请使用有此权限的密钥，或联系服务器管理员。",
  },
  "code.full": { en: "The server has no room left.", zh: "服务器存储空间已满。" },
  "codeHint.full": {
    en: "Tell whoever runs it; what need not be kept is still answered.",
    zh: "请通知服务器管理员；无需保存的请求仍可处理。",
  },
  "code.input": { en: "The server cannot use what was sent.", zh: "服务器无法使用所发送的内容。" },
  "codeHint.input": { en: "The details say what was expected.", zh: "详细信息中说明了应有的内容。" },
  "code.internal": { en: "Something went wrong inside.", zh: "程序内部出错。" },
  "codeHint.internal": {
    en: "Try again or load the page again; if that does not help, report it.",
    zh: "请重试或重新加载页面；若仍无效，请报告此问题。",
  },
  "code.label": { en: "No model here knows this label.", zh: "这里没有模型认识该标签。" },
  "codeHint.label": { en: "Choose another label.", zh: "请选择其他标签。" },
  "code.limit": { en: "That is too large.", zh: "内容过大。" },
  "codeHint.limit": {
    en: "Analyze it on this device, or cut it into parts.",
    zh: "请在本设备上分析，或拆分后再试。",
  },
  "code.manifest": { en: "The table of examples is wrong.", zh: "样本表有误。" },
  "codeHint.manifest": {
    en: "The details name the place; mend it and add it again.",
    zh: "详细信息中指出了位置，请修改后重新添加。",
  },
  "code.media": { en: "The file could not be read.", zh: "无法读取此文件。" },
  "codeHint.media": {
    en: "It may be damaged, or of a kind that is not known here.",
    zh: "文件可能已损坏，或格式不受支持。",
  },
  "code.missing-tool": { en: "A program that this needs is not there.", zh: "缺少所需的程序。" },
  "codeHint.missing-tool": {
    en: "Analyze it in the other place (this device or the server), or use another kind of file.",
    zh: "请换一处分析（本设备或服务器），或使用其他格式的文件。",
  },
  "code.model": { en: "There is no model for this here.", zh: "这里没有可用于此内容的模型。" },
  "codeHint.model": {
    en: "Analyze it in the other place (this device or the server), or use words, a face or a voice that there is a model for.",
    zh: "请换一处分析（本设备或服务器），或改用有模型支持的文字、人脸或声音。",
  },
  "code.no-face": { en: "No face was found.", zh: "没有找到人脸。" },
  "codeHint.no-face": {
    en: "Use a picture in which a face is upright, lit and not too small.",
    zh: "请使用人脸端正、光线充足且不太小的图片。",
  },
  "code.no-modality": { en: "There was nothing to recognize in it.", zh: "其中没有可识别的内容。" },
  "codeHint.no-modality": {
    en: "It needs a face, a voice or words; the details say what was missing.",
    zh: "需要有人脸、声音或文字；详细信息中说明了缺少什么。",
  },
  "code.no-speech": { en: "No speech was heard.", zh: "没有听到语音。" },
  "codeHint.no-speech": {
    en: "Use a recording in which somebody speaks audibly.",
    zh: "请使用能清楚听到有人说话的录音。",
  },
  "code.not-found": { en: "It is not there, or not any more.", zh: "该内容不存在或已被删除。" },
  "codeHint.not-found": { en: "Load the page again.", zh: "请重新加载页面。" },
  "code.policy": { en: "The rules of this use do not allow it.", zh: "此用途的规则不允许这样做。" },
  "codeHint.policy": {
    en: "Say whose law applies, and give the pseudonym under which a consent was recorded. In the European Union, emotions at work and in schools may not be inferred from faces and voices.",
    zh: "请填写适用哪里的法律，以及记录了同意的代号。在欧盟，不得在工作场所和学校根据人脸和声音推断情绪。",
  },
  "code.rate": { en: "Too many requests in a short time.", zh: "短时间内请求过多。" },
  "codeHint.rate": { en: "Wait a minute, then try again.", zh: "请等待一分钟后重试。" },
  "code.sample-rate": { en: "The sound has a sample rate that cannot be used.", zh: "声音的采样率无法使用。" },
  "codeHint.sample-rate": { en: "Save it with 16 kHz or more.", zh: "请以 16 kHz 或更高的采样率保存。" },
  "code.shape": { en: "The model and what was given do not fit together.", zh: "模型与输入不匹配。" },
  "codeHint.shape": {
    en: "Load the page again; if that does not help, report it.",
    zh: "请重新加载页面；若仍无效，请报告此问题。",
  },
  "code.unauthorized": { en: "This server wants a key.", zh: "此服务器需要密钥。" },
  "codeHint.unauthorized": { en: "Give it on the page History.", zh: "请在“记录”页面输入密钥。" },
  "code.unavailable": { en: "The server does not answer.", zh: "服务器没有响应。" },
  "codeHint.unavailable": { en: "Check that it runs, then try again.", zh: "请确认服务器正在运行，然后重试。" },
  "code.usage": { en: "It was asked in a way that is not known here.", zh: "请求方式无法识别。" },
  "codeHint.usage": { en: "Load the page again.", zh: "请重新加载页面。" },

  "abstain.low-confidence": {
    en: "Too little speaks for any one emotion. The closest is {label}.",
    zh: "没有哪种情绪有足够依据。最接近的是{label}。",
  },
  "abstain.other-language": {
    en: "The words seem to be in a language that no model here reads. The closest is {label}.",
    zh: "这段文字的语言似乎没有模型能读懂。最接近的是{label}。",
  },
  "abstain.not-written": {
    en: "It looks like code, a log or numbers, not like something that a person writes. The closest is {label}.",
    zh: "内容像是代码、日志或数字，不像是人写的话。最接近的是{label}。",
  },
  "abstain.not-spoken": {
    en: "It sounds unlike a person who speaks. The closest is {label}.",
    zh: "听起来不像是人在说话。最接近的是{label}。",
  },

  "row.syntax": { en: "cannot be read", zh: "无法解析" },
  "row.schema": { en: "a field is missing or wrong", zh: "字段缺失或有误" },
  "row.missing-column": { en: "a column is missing", zh: "缺少一列" },
  "row.duplicate-id": { en: "its id was there before", zh: "id 重复" },
  "row.unknown-label": { en: "its label is not known", zh: "标签未知" },
  "row.locator": { en: "names its file in a way that is not allowed", zh: "文件的写法不被允许" },
  "row.missing-file": { en: "its file is not there", zh: "文件不存在" },
  "row.changed-file": { en: "its file was changed", zh: "文件已被更改" },
  "row.leak": { en: "stands in two splits", zh: "同时出现在两个划分中" },
  "row.dropped": { en: "was left out", zh: "已被排除" },
} as const satisfies Readonly<Record<Codes, { readonly en: string; readonly zh: string }>>;
