import{b as e,h as t,u as n}from"./parts.js";import{a as r,f as i,m as a,p as o}from"./studio.js";var s=()=>new URL(`.`,document.baseURI).href.replace(/\/$/,``),c=(e,t=``)=>JSON.stringify(e,null,2).replaceAll(`
`,`
`+t),l=(e,t,n,r,i,a)=>`const server = '${s()}'
const headers = { Authorization: \`Bearer \${process.env.FILMGATE_API_KEY}\`, 'Content-Type': 'application/json' }

const created = await fetch(server + '/${e.path}', { method: 'POST', headers, body: JSON.stringify(${c(e.body)}) })
if (!created.ok) throw new Error(await created.text())
let task = (await created.json())${t}
while (!${i}) {
  await new Promise((done) => setTimeout(done, 1000))
  task = (await (await fetch(server + \`/${n}\`, { headers })).json())${r}
}
console.log(task.${a})
`,u=e=>l(e,``,"api/v1/tasks/${task.id}",``,`['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(task.status)`,`artifacts[0]?.url`),d=e=>l(e,`.task`,"api/v1/get_runway/${task.id}",`.task`,`['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(task.status)`,`artifacts[0]?.url`),f=e=>l(e,`.data`,e.path+"/${task.task_id}",`.data`,`['succeed', 'failed'].includes(task.task_status)`,`task_result?.videos[0].url`),p=e=>`import RunwayML from '@runwayml/sdk'

const client = new RunwayML({ baseURL: '${s()}/runway', apiKey: process.env.FILMGATE_API_KEY })
const task = await client.${e.path.includes(`image`)?`imageToVideo`:`textToVideo`}.create(${c(e.body)}).waitForTaskOutput()
console.log(task.output[0])
`,m=e=>`import OpenAI from 'openai'

const client = new OpenAI({ baseURL: '${s()}/openai/v1', apiKey: process.env.FILMGATE_API_KEY })
let video = await client.videos.create(${c(e.body)})
while (video.status === 'queued' || video.status === 'in_progress') {
  await new Promise((done) => setTimeout(done, 1000))
  video = await client.videos.retrieve(video.id)
}
console.log(video.status)
`,h=e=>`import LumaAI from 'lumaai'

const luma = new LumaAI({ baseURL: '${s()}/dream-machine/v1', authToken: process.env.FILMGATE_API_KEY })
let generation = await luma.generations.create(${c(e.body)})
while (generation.state !== 'completed' && generation.state !== 'failed') {
  await new Promise((done) => setTimeout(done, 1000))
  generation = await luma.generations.get(generation.id!)
}
console.log(generation.assets?.video)
`,g=e=>{let{instances:t,parameters:n}=e.body,{lastFrame:r,...i}=t[0],{sampleCount:a,...o}=n;return`import { GoogleGenAI } from '@google/genai'

const ai = new GoogleGenAI({ vertexai: true, apiKey: process.env.FILMGATE_API_KEY, httpOptions: { baseUrl: '${s()}/google' } })
let operation = await ai.models.generateVideos({
  model: 'veo-3.1-generate-001',
  source: ${c(i,`  `)},
  config: ${c({numberOfVideos:a,...o,lastFrame:r},`  `)},
})
while (!operation.done) {
  await new Promise((done) => setTimeout(done, 1000))
  operation = await ai.operations.getVideosOperation({ operation })
}
console.log(operation.response?.generatedVideos?.[0]?.video?.mimeType)
`},_=e=>`import { createFalClient } from '@fal-ai/client'

const fal = createFalClient({
  credentials: process.env.FILMGATE_API_KEY,
  requestMiddleware: async (r) => ({ ...r, url: r.url.replace(/^https:\\/\\/(queue\\.fal\\.run|rest\\.fal\\.ai)/, '${s()}/fal') }),
})
const { data } = await fal.subscribe('fal-ai/veo3.1', { input: ${c(e.body)} })
console.log(data.video.url)
`,v=e=>`import Replicate from 'replicate'

const replicate = new Replicate({ baseUrl: '${s()}/replicate/v1', auth: process.env.FILMGATE_API_KEY, useFileOutput: false })
const output = await replicate.run('google/veo-3.1', ${c(e.body)})
console.log(output)
`;function y(e,t,n,r,i){let a=(e,t)=>e?[{image:e,frameType:t}]:[],o=r.body.aspect_ratio??r.body.ratio??r.body.aspectRatio;return`${e}
import { experimental_generateVideo as generateVideo } from 'ai'

${t}
const { video } = await generateVideo({
  model: ${n},
  ...${c({prompt:i.first&&!i.last?{image:i.first.url,text:i.prompt}:i.prompt,duration:r.body.duration,aspectRatio:o,seed:r.body.seed,frameImages:i.last?[...a(i.first?.url,`first_frame`),...a(i.last.url,`last_frame`)]:void 0},`  `)},
  // The AI SDK does not download from private addresses by itself.
  download: async ({ url }) => ({ data: new Uint8Array(await (await fetch(url)).arrayBuffer()), mediaType: 'video/mp4' }),
})
console.log(video.uint8Array.length)
`}var b=(e,t)=>y(`import { createXai } from '@ai-sdk/xai'`,`const xai = createXai({ baseURL: '${s()}/xai/v1', apiKey: process.env.FILMGATE_API_KEY })`,`xai.video('grok-imagine-video')`,e,t),x=(e,t)=>y(`import { createOpenRouter } from '@openrouter/ai-sdk-provider'`,`const openrouter = createOpenRouter({ baseURL: '${s()}/openrouter/api/v1', apiKey: process.env.FILMGATE_API_KEY })`,`openrouter.videoModel('google/veo-3.1')`,e,t),S=(e,t)=>y(`import { createByteDance } from '@ai-sdk/bytedance'`,`const ark = createByteDance({ baseURL: '${s()}/ark/api/v3', apiKey: process.env.FILMGATE_API_KEY })`,`ark.video('seedance-1-5-pro-251215')`,e,t),C=(e,t)=>y(`import { createGateway } from 'ai'`,`const gateway = createGateway({ baseURL: '${s()}/gateway/v4/ai', apiKey: process.env.FILMGATE_API_KEY })`,`gateway.video('google/veo-3.1-generate-001')`,e,t),w=(e,t)=>t.reduce((t,n)=>Math.abs(n-e)<Math.abs(t-e)?n:t);function T(e,t){if(!e.shape||t.includes(e.shape))return e.shape||void 0;let n=t=>Math.abs(Math.log(r(t)/r(e.shape)));return t.reduce((e,t)=>n(t)<n(e)?t:e)}function E(e){return Object.fromEntries(Object.entries(e).filter(([,e])=>e!==void 0&&e!==``&&e!==null))}var D=e=>e.seed?Number(e.seed):void 0;function O(e,t,n,r){let i=[[`last`,e.last,`the last frame`],[`negative`,e.negative,`what is not in the video`],[`seed`,e.seed,`the seed`],[`camera`,o(e),`the camera`],[`resolution`,e.resolution,`the resolution`],[`enhance`,e.enhance,`enhancing the prompt`],[`watermark`,e.watermark,`the watermark`],[`caption`,e.caption,`the caption`]].filter(([e,n])=>n&&!t.includes(e)).map(([,,e])=>e);return n!==void 0&&n!==e.seconds&&i.push(`a length of ${e.seconds} s (the nearest is ${n} s)`),e.shape&&r!==e.shape&&i.push(r?`the shape ${e.shape} (the nearest is ${r})`:`the shape ${e.shape}`),i}function k(e){let t=w(e.seconds,[5,10]),n=!e.first&&!!e.last;return{path:`api/v1/create_runway`,body:E({text_prompt:e.prompt,init_image:(e.first??e.last)?.url,image_as_end_frame:n||void 0,seconds:t,seed:D(e),enhance_prompt:e.enhance||void 0,watermark:e.watermark||void 0}),left:O(e,[`seed`,`enhance`,`watermark`,...n?[`last`]:[]],t,``)}}function A(e){let t=w(e.seconds,[5,10]),n=T(e,[`16:9`,`9:16`,`1:1`,`4:3`,`3:4`,`21:9`])??`16:9`,r={"16:9":`1280:720`,"9:16":`720:1280`,"1:1":`960:960`,"4:3":`1104:832`,"3:4":`832:1104`,"21:9":`1584:672`},i=[e.first&&{uri:e.first.url,position:`first`},e.last&&{uri:e.last.url,position:`last`}].filter(Boolean),a=E({model:`gen4.5`,promptText:e.prompt,promptImage:e.first&&!e.last?e.first.url:i.length?i:void 0,duration:t,ratio:r[n],seed:D(e)});return{path:`runway/v1/${i.length?`image`:`text`}_to_video`,body:a,headers:{"X-Runway-Version":`2024-11-06`},left:O(e,[`last`,`seed`],t,n)}}function j(e){let t=w(e.seconds,[4,8,12]),n=T(e,[`16:9`,`9:16`])??`16:9`;return{path:`openai/v1/videos`,body:E({model:`sora-2`,prompt:e.prompt||` `,seconds:String(t),size:n===`9:16`?`720x1280`:`1280x720`,input_reference:e.first?{image_url:e.first.url}:void 0}),left:O(e,[],t,n)}}function M(e){let t=w(e.seconds,[5,9]),n=T(e,[`16:9`,`9:16`,`1:1`,`4:3`,`3:4`,`21:9`,`9:21`])??`16:9`,r=e=>e?{type:`image`,url:e}:void 0,i=E({frame0:r(e.first?.url),frame1:r(e.last?.url)});return{path:`luma/dream-machine/v1/generations`,body:E({model:`ray-2`,prompt:e.prompt,aspect_ratio:n,duration:`${t}s`,keyframes:Object.keys(i).length?i:void 0}),left:O(e,[`last`],t,n)}}function N(e){let t=w(e.seconds,[5,10]),n=T(e,[`16:9`,`9:16`,`1:1`])??`16:9`,r=!!(e.first||e.last),i=Object.entries(e.camera).filter(([,e])=>e!==0),a=e.preset?{type:e.preset}:i.length===1?{type:`simple`,config:Object.fromEntries(i)}:void 0,o=E({model_name:`kling-v2-6`,prompt:e.prompt,negative_prompt:e.negative,duration:String(t),image:e.first?.url,image_tail:e.last?.url,aspect_ratio:r?void 0:n,camera_control:a,watermark_info:e.watermark?{enabled:!0}:void 0}),s=[`last`,`negative`,`watermark`,...a?[`camera`]:[]];return{path:`kling/v1/videos/${r?`image`:`text`}2video`,body:o,left:O(e,s,t,r?``:n)}}function P(e){let t=Math.min(e.seconds,15),n=T(e,[`1:1`,`16:9`,`9:16`,`4:3`,`3:4`,`3:2`,`2:3`]),r=e=>e?{url:e}:void 0;return{path:`xai/v1/videos/generations`,body:E({model:`grok-imagine-video`,prompt:e.prompt,duration:t,aspect_ratio:n,image:r(e.first?.url),last_frame:r(e.last?.url)}),left:O(e,[`last`],t,n)}}function F(e){let t=e=>e?{gcsUri:e,mimeType:`image/jpeg`}:void 0,n=E({prompt:e.prompt,image:t(e.first?.url),lastFrame:t(e.last?.url)}),r=E({sampleCount:1,durationSeconds:e.seconds,aspectRatio:e.shape,negativePrompt:e.negative,seed:D(e),resolution:e.resolution});return{path:`google/v1beta/models/veo-3.1-generate-001:predictLongRunning`,body:{instances:[n],parameters:r},left:O(e,[`last`,`negative`,`seed`,`resolution`],void 0,e.shape)}}function I(e){let t=w(e.seconds,[4,6,8]),n=T(e,[`16:9`,`9:16`,`1:1`,`4:3`,`3:4`,`21:9`,`9:21`]);return{path:`fal/fal-ai/veo3.1`,body:E({prompt:e.prompt,duration:`${t}s`,aspect_ratio:n,negative_prompt:e.negative,seed:D(e),first_frame_url:e.first?.url,last_frame_url:e.last?.url}),left:O(e,[`last`,`negative`,`seed`],t,n)}}function L(e){let t=(e,t)=>e?{type:`image_url`,image_url:{url:e},frame_type:t}:void 0,n=[t(e.first?.url,`first_frame`),t(e.last?.url,`last_frame`)].filter(Boolean);return{path:`openrouter/api/v1/videos`,body:E({model:`google/veo-3.1`,prompt:e.prompt,duration:e.seconds,aspect_ratio:e.shape,resolution:e.resolution,seed:D(e),frame_images:n.length?n:void 0}),left:O(e,[`last`,`seed`,`resolution`],void 0,e.shape)}}function R(e){return{path:`replicate/v1/models/google/veo-3.1/predictions`,body:{input:E({prompt:e.prompt,negative_prompt:e.negative,duration:e.seconds,aspect_ratio:e.shape,resolution:e.resolution,seed:D(e),prompt_optimizer:e.enhance||void 0,image:e.first?.url,last_frame_image:e.last?.url})},left:O(e,[`last`,`negative`,`seed`,`resolution`,`enhance`],void 0,e.shape)}}function z(e){let t=(e,t)=>e?{type:`image_url`,image_url:{url:e},role:t}:void 0;return{path:`ark/api/v3/contents/generations/tasks`,body:E({model:`seedance-1-5-pro-251215`,content:[e.prompt?{type:`text`,text:e.prompt}:void 0,t(e.first?.url,`first_frame`),t(e.last?.url,`last_frame`)].filter(Boolean),ratio:e.shape,duration:e.seconds,resolution:e.resolution,seed:D(e),watermark:e.watermark||void 0}),left:O(e,[`last`,`seed`,`resolution`,`watermark`],void 0,e.shape)}}function B(e){let t=(e,t)=>e?{image:{type:`url`,url:e},frameType:t}:void 0,n=[t(e.first?.url,`first_frame`),t(e.last?.url,`last_frame`)].filter(Boolean);return{path:`gateway/v4/ai/video-model/start`,body:E({prompt:e.prompt,n:1,duration:e.seconds,aspectRatio:e.resolution?void 0:e.shape,resolution:e.resolution&&V(e.resolution,e.shape),seed:D(e),frameImages:n.length?n:void 0,providerOptions:{}}),headers:{"ai-model-id":`google/veo-3.1-generate-001`},left:O(e,[`last`,`seed`,`resolution`],void 0,e.shape)}}function V(e,t){let n=parseInt(e),i=r(t||`16:9`),a=Math.round(n*Math.max(i,1/i)/2)*2;return i<1?`${n}x${a}`:`${a}x${n}`}var H=[{name:`Filmgate`,say:e=>({path:`api/v1/tasks`,body:i(e),left:[]}),program:u},{name:`makevid`,say:k,program:d},{name:`Runway`,say:A,program:p},{name:`OpenAI`,say:j,program:m},{name:`Luma`,say:M,program:h},{name:`Kling`,say:N,program:f},{name:`xAI`,say:P,program:b},{name:`Gemini`,say:F,program:g},{name:`fal`,say:I,program:_},{name:`Replicate`,say:R,program:v},{name:`OpenRouter`,say:L,program:x},{name:`Ark`,say:z,program:S},{name:`AI SDK gateway`,say:B,program:C}],U=[`curl`,`JSON`,`TypeScript`];function W(){let[r,i]=e(H[0].name),[o,s]=e(`curl`),c=H.find(e=>e.name===r),l=c.say(a.value),u=o===`JSON`?JSON.stringify(l.body,null,2):o===`curl`?G(l):c.program(l,a.value);return t(`div`,{class:`code`,children:[t(`div`,{class:`actions`,children:[t(`label`,{class:`inline`,children:[`API`,t(`select`,{value:r,onChange:e=>i(e.currentTarget.value),children:H.map(e=>t(`option`,{children:e.name},e.name))})]}),t(`label`,{class:`inline`,children:[`As`,t(`select`,{value:o,onChange:e=>s(e.currentTarget.value),children:U.map(e=>t(`option`,{children:e},e))})]}),t(`button`,{type:`button`,class:`push`,onClick:()=>n(u,`The request`),children:`Copy`})]}),l.left.length>0&&t(`p`,{class:`hint`,children:[`This API can’t say: `,l.left.join(`, `),`.`]}),t(`pre`,{tabIndex:0,"aria-label":`The request`,children:u})]})}function G(e){let t=e=>`'${e.replaceAll(`'`,String.raw`'\''`)}'`,n=Object.entries({"Content-Type":`application/json`,...e.headers}).map(([e,n])=>` \\\n  -H ${t(`${e}: ${n}`)}`);return`curl ${s()}/${e.path} -H "Authorization: Bearer $FILMGATE_API_KEY"${n.join(``)} \\\n  -d ${t(JSON.stringify(e.body,null,2))}`}export{W as Code};