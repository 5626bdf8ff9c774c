package org.openingminute.registration.proofs;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.conferences.RevisionTag;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.decision.ReviewDecision;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.registrations.Registrations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Service;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.multipart.MultipartRequest;
import org.springframework.web.util.WebUtils;
import tools.jackson.databind.node.JsonNodeFactory;

/** Receives proofs and accepts offers, for the registrants' API and their pages. */
@Service
public class Proofs {

    /** Limits memory: each upload of up to 5 MB is in memory twice while it is written. */
    private static final int UPLOADS_AT_ONCE = 8;

    private static final Logger log = LoggerFactory.getLogger(Proofs.class);

    private final Semaphore uploads = new Semaphore(UPLOADS_AT_ONCE);
    private final Admissions admissions;
    private final Registrations registrations;
    private final ProofRepository files;
    private final Ids ids;

    Proofs(Admissions admissions, Registrations registrations, ProofRepository files, Ids ids) {
        this.admissions = admissions;
        this.registrations = registrations;
        this.files = files;
        this.ids = ids;
    }

    /**
     * Accepts the single file of a request as the proof of an attendee's category. The caller is authorised before any byte of the body is
     * read. The file is stored before the registration names it; if the process crashes in between, a clean-up deletes the file.
     *
     * @param key the request's {@code Idempotency-Key}, if it has one
     * @throws Problem as documented for this operation in the HTTP API
     */
    public Result.Done receive(HttpServletRequest request, UUID id, UUID attendee, @Nullable String key) {
        IdempotencyKey scopedKey = admissions.key("proof:" + attendee, key);
        Registrations.Opened opened = registrations.forAttendee(request, id, attendee);
        MultipartFile file = onlyFile(request);
        if (!uploads.tryAcquire()) {
            throw Problem.unavailable();
        }
        try {
            return receive(opened, attendee, scopedKey, key != null, bytes(file));
        } finally {
            uploads.release();
        }
    }

    private Result.Done receive(
            Registrations.Opened opened, UUID attendee, IdempotencyKey key, boolean hasKey, byte[] bytes) {
        Registration registration = opened.registration();
        UUID id = registration.id();
        FileType type = FileType.of(bytes)
                .orElseThrow(() ->
                        new Problem(CommonProblem.UNSUPPORTED_MEDIA_TYPE, "A proof must be a PDF, JPEG or PNG file."));
        if (!hasKey) {
            // The batch checks this again under the lock. This early check avoids storing a file that cannot be
            // accepted. A repeated request skips it, because its key may already have a reply.
            ReviewDecision.proofRefusal(registration, attendee).ifPresent(problem -> {
                throw problem;
            });
        }
        Command.ProofReceived command = new Command.ProofReceived(
                registration.conference(), id, key, RequestHash.of(bytes), attendee, ids.next(), opened.organiser());
        files.save(command.file(), id, attendee, type, bytes);
        return opened.answer(decided(command));
    }

    /** Executes the command and cleans up. After a time-out the outcome is unknown, so the files are left to the periodic clean-up. */
    private Result.Done decided(Command.ProofReceived command) {
        try {
            Result.Done done = admissions.executeForReply(command);
            forgetOthers(command);
            return done;
        } catch (Problem refused) {
            if (refused.code() != CommonProblem.UNAVAILABLE) {
                forgetOthers(command);
            }
            throw refused;
        }
    }

    /** Deletes files that no longer count. Failures are only logged, because the periodic clean-up deletes these files within the hour. */
    private void forgetOthers(Command.ProofReceived decided) {
        try {
            files.decided(decided.file(), decided.attendee());
        } catch (DataAccessException e) {
            log.warn("Unused proof files could not be deleted, retrying later: {}", RedactedException.types(e));
        }
    }

    /**
     * Accepts the offer after a refused proof.
     *
     * @param key the request's {@code Idempotency-Key}, if it has one
     * @param ifMatch the {@code ETag} of the registration as the caller saw it; {@code null} for any
     * @throws Problem as documented for this operation in the HTTP API
     */
    public Result.Done acceptOffer(
            HttpServletRequest request, UUID id, @Nullable String key, @Nullable String ifMatch) {
        IdempotencyKey scopedKey = admissions.key("offer:" + id, key);
        Registrations.Opened opened = registrations.forContact(request, id);
        return admissions.executeForReply(new Command.AcceptOffer(
                opened.registration().conference(),
                id,
                scopedKey,
                RequestHash.of(JsonNodeFactory.instance.objectNode()),
                opened.organiser(),
                null,
                RevisionTag.revision(ifMatch)));
    }

    /**
     * Returns the only file of a request, whatever its field's name. Browsers send a file field without a choice as an empty file, which is
     * ignored.
     */
    private static MultipartFile onlyFile(HttpServletRequest request) {
        @Nullable MultipartRequest multipart = WebUtils.getNativeRequest(request, MultipartRequest.class);
        if (multipart == null) {
            throw Problem.malformed("A file is required, as multipart/form-data.");
        }
        List<MultipartFile> sent = multipart.getMultiFileMap().values().stream()
                .flatMap(List::stream)
                .filter(file -> !file.isEmpty())
                .toList();
        if (sent.size() != 1) {
            throw Problem.malformed("Exactly one file is required.");
        }
        return sent.getFirst();
    }

    private static byte[] bytes(MultipartFile file) {
        try {
            return file.getBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The accepted file types, detected by the first bytes, because a file's name proves nothing. */
    enum FileType {
        PDF(MediaType.APPLICATION_PDF_VALUE, "pdf", "%PDF-"),
        JPEG(MediaType.IMAGE_JPEG_VALUE, "jpg", "\u00ff\u00d8\u00ff"),
        PNG(MediaType.IMAGE_PNG_VALUE, "png", "\u0089PNG\r\n\u001a\n");

        private final String mediaType;
        private final String suffix;
        private final String beginning;

        /** @param beginning the magic bytes, one character per byte */
        FileType(String mediaType, String suffix, String beginning) {
            this.mediaType = mediaType;
            this.suffix = suffix;
            this.beginning = beginning;
        }

        String mediaType() {
            return mediaType;
        }

        /** Returns the file name extension, without the dot. */
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
}
