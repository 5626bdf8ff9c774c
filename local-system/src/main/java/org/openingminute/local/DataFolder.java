package org.openingminute.local;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** The folder with everything that survives a restart. One system at a time owns it, until this is closed. */
final class DataFolder implements AutoCloseable {

    private static final long MEGABYTE = 1024L * 1024;
    private static final long LEAST_FREE_MEGABYTES = 300;

    private final RandomAccessFile lockFile;

    private DataFolder(RandomAccessFile lockFile) {
        this.lockFile = lockFile;
    }

    /**
     * Creates the folder if necessary, and locks it.
     *
     * @throws CannotRun if another system has locked it, or its disk is full
     */
    static DataFolder take(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            // Mails and logs must be readable only by this user, not by everyone on the machine.
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
        RandomAccessFile lockFile = new RandomAccessFile(folder.resolve("lock").toFile(), "rw");
        if (lock(lockFile) == null) {
            lockFile.close();
            throw new CannotRun("the data folder " + folder + " is in use by another system");
        }
        // Asks the path rather than its mount, which may be invisible after a change of the root.
        long free = folder.toFile().getUsableSpace() / MEGABYTE;
        if (free < LEAST_FREE_MEGABYTES) {
            lockFile.close();
            throw new CannotRun("the data folder %s has %d MB left, and %d are needed"
                    .formatted(folder, free, LEAST_FREE_MEGABYTES));
        }
        return new DataFolder(lockFile);
    }

    private static @Nullable FileLock lock(RandomAccessFile file) throws IOException {
        try {
            return file.getChannel().tryLock();
        } catch (OverlappingFileLockException _) {
            return null; // This process itself holds the lock.
        }
    }

    /** Releases the folder. Closing the file ends its lock. */
    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
