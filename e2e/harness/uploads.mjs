/** What the tray says of a file that has arrived; what becomes of it may be known a moment later. */
export const ARRIVED = /^(Uploaded\..*|Ready to watch|This could not be processed)$/;
