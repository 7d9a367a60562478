import { localStorage } from './local.ts';
import { s3Storage } from './s3.ts';
import { type FileStorage, filesFolder } from './storage.ts';

/** The folder `<data>/files`, or with `S3_BUCKET` a bucket of any server that speaks S3. */
export function openStorage(dataFolder: string, environment: NodeJS.ProcessEnv = process.env): FileStorage {
  const { S3_ENDPOINT, S3_BUCKET, S3_REGION = 'us-east-1', S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = environment;
  if (!S3_BUCKET) return localStorage(filesFolder(dataFolder));
  if (!S3_ACCESS_KEY_ID || !S3_SECRET_ACCESS_KEY) {
    throw new Error('S3_BUCKET is set: S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY are needed too');
  }
  return s3Storage({
    endpoint: S3_ENDPOINT || `https://s3.${S3_REGION}.amazonaws.com`,
    bucket: S3_BUCKET,
    region: S3_REGION,
    accessKeyId: S3_ACCESS_KEY_ID,
    secretAccessKey: S3_SECRET_ACCESS_KEY,
  });
}
