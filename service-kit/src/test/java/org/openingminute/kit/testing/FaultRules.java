package org.openingminute.kit.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.constant.ClassDesc;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.openingminute.kit.problem.RedactedException;

/**
 * Rules which ensure that exceptions of other libraries are logged and stored only as {@link RedactedException}, because their messages may
 * quote user input.
 */
public final class FaultRules {

    private static final Set<String> QUOTES =
            Set.of("getMessage", "getLocalizedMessage", "toString", "printStackTrace");

    private FaultRules() {}

    /**
     * Forbids reading the message of an exception that is not of our own type, and passing an exception to a logger or converting it to
     * text.
     *
     * @param excepted the simple names of exempt classes: those which report why a service does not start, which pass on the words of a
     *     broker or mail server, or which inspect a message without passing it on
     */
    public static ArchRule except(String... excepted) {
        Set<String> names = Set.of(excepted);
        return classes()
                .should(new ArchCondition<>("log and store exceptions as faults") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        if (type.isEquivalentTo(RedactedException.class) || names.contains(type.getSimpleName())) {
                            return;
                        }
                        type.getAccessesFromSelf().stream()
                                .filter(FaultRules::readsMessage)
                                .forEach(access ->
                                        events.add(SimpleConditionEvent.violated(access, access.getDescription())));
                        methodsThatQuote(type)
                                .forEach(method -> events.add(SimpleConditionEvent.violated(
                                        type,
                                        "%s.%s logs an exception or makes it a text"
                                                .formatted(type.getName(), method))));
                    }
                })
                .allowEmptyShould(true);
    }

    private static boolean readsMessage(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        return QUOTES.contains(access.getName())
                && owner.isAssignableTo(Throwable.class)
                && !owner.isEquivalentTo(RedactedException.class)
                && !owner.getPackageName().startsWith("org.openingminute")
                && !isOfRecordPattern(access);
    }

    /** The compiler generates such a call for a record pattern, in case the record's accessor throws. */
    private static boolean isOfRecordPattern(JavaAccess<?> access) {
        return access.getOrigin().getConstructorCallsFromSelf().stream()
                .anyMatch(call -> call.getLineNumber() == access.getLineNumber()
                        && call.getTargetOwner().isEquivalentTo(MatchException.class));
    }

    private static List<String> methodsThatQuote(JavaClass type) {
        try (InputStream in = type.getSource().orElseThrow().getUri().toURL().openStream()) {
            return ClassFile.of().parse(in.readAllBytes()).methods().stream()
                    .filter(method -> method.code().filter(FaultRules::quotes).isPresent())
                    .map(MethodModel::methodName)
                    .map(Object::toString)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the code loads a variable with an exception and then, with only further loads between, logs it or converts it to text. */
    private static boolean quotes(CodeModel code) {
        Set<Integer> exceptions = new HashSet<>();
        boolean loaded = false;
        for (CodeElement element : code) {
            switch (element) {
                case LabelTarget target -> follow(code, target.label(), exceptions);
                case LoadInstruction load -> loaded |= exceptions.contains(load.slot());
                case ConstantInstruction _ -> {}
                case Instruction instruction -> {
                    if (loaded && takesText(instruction)) {
                        return true;
                    }
                    loaded = false;
                }
                default -> {}
            }
        }
        return false;
    }

    private static void follow(CodeModel code, Label here, Set<Integer> exceptions) {
        for (CodeElement element : code) {
            if (element instanceof LocalVariable variable) {
                if (variable.endScope().equals(here)) {
                    exceptions.remove(variable.slot());
                }
                if (variable.startScope().equals(here) && isException(variable.typeSymbol())) {
                    exceptions.add(variable.slot());
                }
            }
        }
    }

    private static boolean isException(ClassDesc type) {
        if (!type.isClassOrInterface()) {
            return false;
        }
        try {
            String name =
                    type.descriptorString().substring(1, type.descriptorString().length() - 1);
            Class<?> found = Class.forName(name.replace('/', '.'), false, FaultRules.class.getClassLoader());
            return Throwable.class.isAssignableFrom(found) && found != RedactedException.class;
        } catch (ClassNotFoundException | NoClassDefFoundError e) {
            return false;
        }
    }

    private static boolean takesText(Instruction instruction) {
        return switch (instruction) {
            case ArrayStoreInstruction _ -> true;
            case InvokeDynamicInstruction dynamic -> dynamic.name().equalsString("makeConcatWithConstants");
            case InvokeInstruction call ->
                call.owner().asInternalName().startsWith("org/slf4j/")
                        || call.owner().asInternalName().equals("java/lang/String")
                                && call.name().equalsString("valueOf")
                        || call.owner().asInternalName().equals("java/util/Objects")
                                && call.name().equalsString("toString");
            default -> false;
        };
    }
}
