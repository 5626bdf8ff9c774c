package org.openingminute.kit.table;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.springframework.http.MediaType;

/** A file of rows that is sent while it is written. Not thread-safe. */
public interface TableFile {

    /** A file format. */
    interface Format {

        /** The file extension, without the dot. */
        String ending();

        MediaType type();

        /**
         * Begins a file.
         *
         * @param name the name of the table
         */
        TableFile open(OutputStream out, String name) throws IOException;
    }

    /**
     * Adds a row. The first row has the column headings.
     *
     * @param cells numbers and texts; an empty text is an empty cell
     */
    void row(List<Object> cells) throws IOException;

    /** Sends all rows added so far, so that they no longer occupy memory. */
    void flush() throws IOException;

    /** Writes the end of the file, without which it is incomplete. */
    void finish() throws IOException;
}
