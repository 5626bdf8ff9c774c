package org.openingminute.registration.proofs;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.springframework.http.MediaType;

/** The kinds of files that a proof may be, told by how they begin: what a file is called is its sender's word alone. */
enum FileType {
    PDF(MediaType.APPLICATION_PDF_VALUE, "pdf", "%PDF-"),
    JPEG(MediaType.IMAGE_JPEG_VALUE, "jpg", "\u00ff\u00d8\u00ff"),
    PNG(MediaType.IMAGE_PNG_VALUE, "png", "\u0089PNG\r\n\u001a\n");

    private final String mediaType;
    private final String suffix;
    private final String beginning;

    /** @param beginning a byte for each sign */
    FileType(String mediaType, String suffix, String beginning) {
        this.mediaType = mediaType;
        this.suffix = suffix;
        this.beginning = beginning;
    }

    String mediaType() {
        return mediaType;
    }

    /** What the name of such a file ends with, without the dot. */
    String suffix() {
        return suffix;
    }

    static Optional<FileType> of(byte[] file) {
        String signs = new String(file, 0, Math.min(file.length, 16), StandardCharsets.ISO_8859_1);
        return Arrays.stream(values())
                .filter(type -> signs.startsWith(type.beginning))
                .findFirst();
    }
}
