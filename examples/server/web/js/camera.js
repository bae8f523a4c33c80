/**
 * The camera, opened only when it is asked for and closed as soon as the picture is on its way.
 */

/** The longer side of the picture; more would only make the upload slower. */
const LONGEST_SIDE = 1280;

const QUALITY = 0.92;

/** @param {unknown} error what getUserMedia threw */
export function whyNoCamera(error) {
  switch (error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'unknown';
  }
}

export class Camera {
  /** @type {MediaStream | null} */
  #stream = null;
  /** Counts openings, so that one that ends late does not turn on a camera that was closed meanwhile. */
  #opening = 0;

  /**
   * @param {HTMLVideoElement} video shows the live picture
   * @param {(why: string) => void} gone is told when the camera goes away by itself
   */
  constructor(video, gone) {
    this.video = video;
    this.gone = gone;
  }

  /** Asks for the camera. @returns {Promise<string | null>} null when it is on, otherwise why not */
  async open() {
    this.close();
    const opening = this.#opening;
    if (!navigator.mediaDevices) return 'insecure';
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: 'user', width: { ideal: 1280 }, height: { ideal: 960 } },
      });
      if (opening !== this.#opening) {
        stop(stream);
        return 'closed';
      }
      this.#stream = stream;
      for (const track of stream.getTracks()) track.onended = () => this.gone('busy');
      this.video.srcObject = stream;
      await this.video.play();
      return null;
    } catch (error) {
      if (opening !== this.#opening) return 'closed';
      this.close();
      return whyNoCamera(error);
    }
  }

  /** Takes one picture, turns the camera off and leaves the view as it was. @returns {Promise<Blob | null>} */
  async shoot() {
    const { videoWidth, videoHeight } = this.video;
    if (this.#stream === null || videoWidth === 0) return null;
    this.video.pause();
    const scale = Math.min(1, LONGEST_SIDE / Math.max(videoWidth, videoHeight));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(videoWidth * scale);
    canvas.height = Math.round(videoHeight * scale);
    canvas.getContext('2d')?.drawImage(this.video, 0, 0, canvas.width, canvas.height);
    stop(this.#stream);
    /** @type {Blob | null} */
    const picture = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
    // Releases the pixels now instead of whenever the canvas is collected.
    canvas.width = 0;
    canvas.height = 0;
    return picture;
  }

  close() {
    this.#opening += 1;
    if (this.#stream !== null) stop(this.#stream);
    this.#stream = null;
    this.video.srcObject = null;
  }
}

/** @param {MediaStream} stream */
function stop(stream) {
  for (const track of stream.getTracks()) {
    track.onended = null;
    track.stop();
  }
}
