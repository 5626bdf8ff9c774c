package org.openingminute.messaging.inbox;

import static java.util.Objects.requireNonNull;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ReflectionUtils;

/** A {@link MessageReader} method. Polls and replays call it through its bean, and thus through the bean's transactional proxy. */
record Reader(String topic, Set<String> types, Unknown unknownTypes, Object bean, Method method) {

    static Reader of(Object bean, Method method) {
        Class<?>[] takes = method.getParameterTypes();
        if (takes.length != 1 || (takes[0] != Message.class && takes[0] != List.class)) {
            throw new IllegalStateException(method + " takes neither a Message nor a list of them");
        }
        ReflectionUtils.makeAccessible(method);
        MessageReader terms = requireNonNull(AnnotatedElementUtils.findMergedAnnotation(method, MessageReader.class));
        return new Reader(terms.topic(), Set.of(terms.types()), terms.unknownTypes(), bean, method);
    }

    boolean takesLists() {
        return method.getParameterTypes()[0] == List.class;
    }

    void apply(Message message) {
        ReflectionUtils.invokeMethod(method, bean, takesLists() ? List.of(message) : message);
    }

    void applyAll(List<Message> messages) {
        ReflectionUtils.invokeMethod(method, bean, messages);
    }

    void dryRun(Message message) {
        if (bean instanceof DryRunReader inPlace) {
            inPlace.onDryRun(message);
        } else {
            apply(message);
        }
    }
}
