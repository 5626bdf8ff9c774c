package org.openingminute.kit.web;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.springframework.http.MediaType;

/** A file of rows that is sent while it is written. Not thread-safe. */
public interface TableFile {

    /** A kind of file. */
    interface Format {

        /** The end of the file's name, without the dot. */
        String ending();

        MediaType type();

        /**
         * Begins a file.
         *
         * @param name of the table
         */
        TableFile open(OutputStream out, String name) throws IOException;
    }

    /**
     * Adds a row; the first has the names of the columns.
     *
     * @param cells numbers and texts; an empty text is an empty cell
     */
    void row(List<Object> cells) throws IOException;

    /** Hands on all rows that were added, so that they take no memory. */
    void flush() throws IOException;

    /** Writes the end, without which the file is not whole. */
    void finish() throws IOException;
}
