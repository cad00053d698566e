/** Which analyser made a profile. A change that gives other profiles counts it up, so that those kept are made anew. */
export const analyserVersion = '10';
